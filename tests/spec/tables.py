"""Lists and tables as Markdown."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from engine.texts import Texts


def listed(lines: Iterable[str]) -> str:
    """Return lines as a list."""
    return "\n".join(f"- {line}" for line in lines)


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return rows as a table."""
    return "\n".join(f"| {' | '.join(cells)} |" for cells in (head, ["---"] * len(head), *rows))


def columns(texts: Texts, *names: str) -> tuple[str, ...]:
    """Return the headings of columns."""
    own = (f"catalogue.column.{name}" for name in names)
    return tuple(texts(key if key in texts else f"catalogue.{name}") for key, name in zip(own, names, strict=True))
