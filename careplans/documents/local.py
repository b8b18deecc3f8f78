"""What a municipality adds to the discharge checklist, read strictly so that a mistake is found at start."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from engine.errors import InputError

LISTS = ("discharge",)
MOST_LINES, LONGEST_LINE = 20, 160


def checklist_from(table: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the lines of an overlay's `[checklist]`, refusing unknown lists and what is no short line."""
    if unknown := sorted(set(table) - set(LISTS)):
        raise InputError(f"overlay.checklist.{unknown[0]}", "checklist_key_unknown", allowed=LISTS)
    lines = table.get("discharge", [])
    if not isinstance(lines, list) or len(lines) > MOST_LINES or not all(map(_is_short_line, lines)):
        raise InputError("overlay.checklist.discharge", "checklist_not_lines", most=MOST_LINES, long=LONGEST_LINE)
    return tuple(line.strip() for line in lines)


def _is_short_line(line: object) -> bool:
    return isinstance(line, str) and 0 < len(line.strip()) <= LONGEST_LINE and line.isprintable()
