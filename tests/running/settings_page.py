"""`./dev docs` writes docs/settings.md from the settings themselves, so that the page is never behind them."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, get_args

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from api.settings import NESTED, PREFIX, Settings

PAGE = Path(__file__).parents[2] / "docs/settings.md"
BEGINNING = """# Settings

Written by `./dev docs` from `api/settings.py`. They stand in one TOML file, named by `RETTHJEM_CONFIG`, or in the
environment, which goes before the file; `retthjem serve` and `retthjem db` take `--database` before both. A list in the
environment is written as JSON. How they are used: [running.md](running.md); begin from `deploy/retthjem.example.toml`.
"""
Place = tuple[str, ...]
HEAD = """
| setting | what | if not set | in the environment |
|---|---|---|---|
"""


def page() -> str:
    """Return the page: what stands at the top of the file first, then a section for each table."""
    return BEGINNING + "".join(_section(path, model) for path, model in _tables((), Settings))


def main() -> None:
    """Write the page, or with `--check` say whether it is as it should be."""
    if "--check" in sys.argv:
        sys.exit(PAGE.read_text("utf-8") != page())
    PAGE.write_text(page(), "utf-8")


def _tables(path: Place, model: type[BaseModel]) -> Iterator[tuple[Place, type[BaseModel]]]:
    yield path, model
    for name, field in model.model_fields.items():
        if table := _table_of(field):
            yield from _tables((*path, name), table)


def _table_of(field: FieldInfo) -> type[BaseModel] | None:
    kinds = (field.annotation, *get_args(field.annotation))
    return next((kind for kind in kinds if isinstance(kind, type) and issubclass(kind, BaseModel)), None)


def _section(path: Place, model: type[BaseModel]) -> str:
    title = f"\n## `[{'.'.join(path)}]`\n\n{model.__doc__}\n" if path else ""
    plain = {name: field for name, field in model.model_fields.items() if not _table_of(field)}
    return title + HEAD + "".join(_row(path, name, field) for name, field in plain.items())


def _row(path: Place, name: str, field: FieldInfo) -> str:
    variable = PREFIX + NESTED.join((*path, name)).upper()
    return f"| `{name}` | {field.description} {_limits(field)}| {_default(field)} | `{variable}` |\n"


def _limits(field: FieldInfo) -> str:
    low, high = (
        next((getattr(each, end) for each in field.metadata if hasattr(each, end)), None) for end in ("ge", "le")
    )
    allowed = [word for word in get_args(field.annotation) if isinstance(word, str)]
    if allowed:
        return f"One of {', '.join(f'`{word}`' for word in allowed)}. "
    return f"From {low} to {high}. " if low is not None and high is not None else ""


def _default(field: FieldInfo) -> str:
    value: Any = field.default
    if field.is_required():
        return "must be set"
    if value is None or value in ((), {}):
        return "–"
    if isinstance(value, tuple):
        return " ".join(f"`{each}`" for each in value)
    return f"`{str(value).lower() if isinstance(value, bool) else value}`"


if __name__ == "__main__":
    main()
