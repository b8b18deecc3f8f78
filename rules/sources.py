"""What a source is called in a language: a title of its own where it has one, else the title that is alike in all."""

from __future__ import annotations

from engine.errors import RuleSetError
from rules.knowledge import SOURCES


def source_title(source: str, language: str) -> str:
    """Return a source's title in a language; a source nobody has written is an error that names it."""
    if source not in SOURCES:
        raise RuleSetError(f"rules/data/sources.toml: there is no source {source}. Write its title there.")
    return SOURCES[source].get(f"title_{language}", SOURCES[source]["title"])
