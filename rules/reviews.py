"""What is wrong with the reviews of the rules: one that is missing, one of no rule, dates that cannot be."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date

from rules.knowledge import Review


def review_faults(rules: Iterable[str], reviews: Mapping[str, Review]) -> Iterator[str]:
    """Yield each fault as a sentence that begins with the rule's name and ends with the remedy."""
    named = dict.fromkeys(rules)
    for rule in named:
        if rule in reviews:
            yield from (f"{rule}: {fault}" for fault in _faults(reviews[rule]))
        else:
            yield f"{rule}: there is no review. Write who wrote the rule, when, and when it is to be read again."
    yield from (
        f"{rule}: there is no such rule. Mend the name or delete the review." for rule in reviews.keys() - named
    )


def _faults(review: Review) -> Iterator[str]:
    if not all(type(day) is date for day in (review.written_on, review.again_by, review.checked_on or date.min)):
        yield "a day is not a date. Write it as 2026-11-22, without quotation marks."
        return
    if review.again_by < review.written_on:
        yield "again_by is before written_on. Give a later day."
    if (review.checked_by is None) is not (review.checked_on is None):
        yield "checked_by and checked_on go together. Write both or neither."
    if review.checked_on and review.checked_on < review.written_on:
        yield "checked_on is before written_on. A changed rule is checked anew; delete the old check."
    if review.checked_on and review.again_by < review.checked_on:
        yield "again_by is before checked_on. Give a later day."
