"""Writes docs/settings.md from the settings themselves: `python -m tests.people.settings_page`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from types import UnionType
from typing import Any, Union, get_args, get_origin

from pydantic import BaseModel, SecretStr
from pydantic.fields import FieldInfo

from api.settings import NESTED, PREFIX, Settings

PAGE = Path(__file__).parents[2] / "docs" / "settings.md"
START = """# Settings

For the operator. Generated from `api/settings.py` by `python -m tests.people.settings_page`.

Settings come from one TOML file, named by `RETTHJEM_CONFIG`, and from the environment, which stands over the file. A
key that is not known is refused, and no error repeats a value. A list or a table in the environment is written as JSON.

```toml
public_url = "https://retthjem.example.no"
database = "postgresql://retthjem@db/retthjem"
hospital = "STO"
hospital_names = { STO = "St. Olavs hospital" }

[issuer]
url = "https://id.example.no/realm"
client_id = "retthjem"
client_secret_file = "/run/secrets/retthjem"
audience = ["https://retthjem.example.no"]
role_names = { sykepleier = "nurse", lege = "doctor" }

[[messages.parties]]
unit = "municipality:5001"
name = "Trondheim kommune"
her_id = "1101"
sub_unit = "Helse og velferd"
sub_unit_her_id = "1102"
```

Without `[issuer]` nobody can sign in, and the server starts only as a demo (`demo = true`, `--demo`). `hospital` must
be said where there is an `[issuer]`.
"""
HEAD = "\n| in the file | in the environment | if not set | means |\n|---|---|---|---|\n"


def page() -> str:
    """Return the page."""
    return START + HEAD + "".join(f"| {' | '.join(row)} |\n" for row in rows(Settings, ()))


def rows(model: type[BaseModel], place: tuple[str, ...]) -> Iterator[tuple[str, str, str, str]]:
    """Return a row for each field; a table's own fields follow it."""
    for name, field in model.model_fields.items():
        here = (*place, name)
        if table := table_of(field):
            yield from rows(table, here)
        elif table := listed(field):
            yield from within(table, here)
        else:
            variable = PREFIX + NESTED.join(part.upper() for part in here)
            yield f"`{'.'.join(here)}`", f"`{variable}`", default(field), str(field.description)


def table_of(field: FieldInfo) -> type[BaseModel] | None:
    """Return the model of a field that is a table of its own."""
    kinds = get_args(field.annotation) if get_origin(field.annotation) in {Union, UnionType} else (field.annotation,)
    return next((kind for kind in kinds if isinstance(kind, type) and issubclass(kind, BaseModel)), None)


def listed(field: FieldInfo) -> type[BaseModel] | None:
    """Return the model of a field that holds several tables, as a list or by name."""
    inner = [kind for kind in get_args(field.annotation) if isinstance(kind, type) and issubclass(kind, BaseModel)]
    return inner[0] if get_origin(field.annotation) in {tuple, Mapping} and inner else None


def within(model: type[BaseModel], place: tuple[str, ...]) -> Iterator[tuple[str, str, str, str]]:
    """Return a row for each field of a table that may stand several times; the environment has them all as JSON."""
    variable = PREFIX + NESTED.join(part.upper() for part in place)
    for name, field in model.model_fields.items():
        yield f"`{'.'.join(place)}[].{name}`", f"in `{variable}`", default(field), str(field.description)


def default(field: FieldInfo) -> str:
    """Return what holds where nothing is set."""
    value: Any = field.default
    if field.is_required():
        return "must be set"
    if value is None or value in ((), {}) or isinstance(value, SecretStr):
        return "–"
    if isinstance(value, tuple):
        return ", ".join(f"`{each}`" for each in value)
    return f"`{str(value).lower() if isinstance(value, bool) else value}`"


if __name__ == "__main__":
    PAGE.write_text(page(), "utf-8")
