"""An assessment as plain text for a terminal: scores, suggestions with their grounds, what is missing."""

from __future__ import annotations

from collections.abc import Iterator
from textwrap import fill

from api.refusals import place_in_words
from api.result import SCORE_ORDER
from careplans.words import answer_words, date_words, label, note_words, score_words, strength_words
from engine.rules import short_digest
from engine.texts import Texts
from engine.words import number
from rules.assessment import Assessment, Finding

WIDTH = 100


def to_text(assessment: Assessment, texts: Texts) -> str:
    """Return the assessment in words."""
    sections = (_head, _scores, _suggestions, _undecided, _notes)
    return "\n".join(line for section in sections for line in section(assessment, texts)) + "\n"


def _head(assessment: Assessment, texts: Texts) -> Iterator[str]:
    digest = short_digest(assessment.ruleset.digest)
    day = date_words(assessment.index_date, texts)
    yield texts("report.title", date=day, version=assessment.ruleset.version, digest=digest)
    if assessment.ruleset.overlay:
        yield texts("report.overlay", name=assessment.ruleset.overlay)
    yield ""
    for track in assessment.tracks:
        yield texts("report.track", track=texts(f"track.{track.track}"), how=strength_words(track, texts))
    if not assessment.tracks:
        yield texts("report.no_track")
    if assessment.pathway:
        yield texts("report.pathway", pathway=texts(f"pathway.{assessment.pathway}"))
    if assessment.coordination_group:
        group = assessment.coordination_group
        yield texts("report.coordination_group", number=group, group=texts(f"coordination_group.{group}"))
    if assessment.on_team_list:
        yield texts("report.team_list", reason=texts(f"team_list.{assessment.on_team_list.reason}"))


def _scores(assessment: Assessment, texts: Texts) -> Iterator[str]:
    yield from ("", texts("report.scores").upper())
    for name in SCORE_ORDER:
        score = assessment.scores[name]
        said = score_words(score, texts)
        if name.startswith("cfs") and score.value is not None:
            said += f"  {texts(f'cfs.{score.value:g}')}"
        if score.band:
            said += f"  {texts(f'band.{score.band}')}"
        yield f"  {texts(f'score.{name}'):<36} {said}"
    yield f"  {texts('cfs.attribution')}"


def _suggestions(assessment: Assessment, texts: Texts) -> Iterator[str]:
    yield from ("", texts("report.suggestions").upper())
    for error in assessment.errors:
        yield _wrapped(f"! {label(error.rule, texts)}: {texts(f'error.{error.code}')}", indent=2)
    for finding in assessment.offers:
        yield _wrapped(f"• {texts(f'suggest.{finding.rule}')} ({texts(f'strength.{finding.strength}')})", indent=2)
        yield from (_wrapped(line, indent=6) for line in _grounds(finding, texts))


def _grounds(finding: Finding, texts: Texts) -> Iterator[str]:
    facts = (f"{label(item, texts)}: {answer_words(item, value, texts)}" for item, value in finding.because.items())
    yield texts("report.because", facts=", ".join(facts))
    if finding.limits:
        limits = (texts(f"threshold.{name}", limit=number(value, texts)) for name, value in finding.limits.items())
        yield texts("report.limits", limits="; ".join(limits)) + (f" [{texts('confirm')}]" if finding.confirm else "")
    sources = "; ".join(texts(f"source.{source}") for source in finding.sources)
    yield texts("report.sources", rule=finding.rule, sources=sources)


def _undecided(assessment: Assessment, texts: Texts) -> Iterator[str]:
    if not assessment.undecided:
        return
    yield from ("", texts("report.undecided", number=len(assessment.undecided)).upper())
    for undecided in assessment.undecided:
        missing = ", ".join(label(item, texts) for item in undecided.missing)
        yield _wrapped(texts("report.missing", rule=texts(f"rule.{undecided.rule}"), missing=missing), indent=2)
    if assessment.ask_next:
        yield from ("", texts("report.ask_next", question=_question(assessment.ask_next, texts)))


def _notes(assessment: Assessment, texts: Texts) -> Iterator[str]:
    if assessment.notes:
        yield from ("", texts("report.notes").upper())
    for note in assessment.notes:
        place = f" ({place_in_words(note.where, texts)})" if note.where else ""
        yield _wrapped(f"- {note_words(note, texts)}{place}", indent=2)
    yield from ("", texts("report.decision_support"))


def _question(item: str, texts: Texts) -> str:
    return texts(f"question.{item}") if f"question.{item}" in texts else label(item, texts)


def _wrapped(text: str, *, indent: int) -> str:
    return fill(text, WIDTH, initial_indent=" " * indent, subsequent_indent=" " * (indent + 2), break_on_hyphens=False)
