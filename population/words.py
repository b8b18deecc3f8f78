"""Texts of few distinct words, as words and not as text: a process that reads many buckets meets the same again."""

from __future__ import annotations

import polars as pl

MOST_KEPT = 50_000
"""Where there are more words than this, most are rubbish, and are not kept for the next bucket."""

FEW = 4
_MET: dict[tuple[str, str], pl.Series] = {}
NOTHING = pl.Series(dtype=pl.String)


def as_words(texts: pl.Series, where: tuple[str, str]) -> pl.Series:
    """Return texts over the words that they are of; `where` names the column, whose words are kept from last time."""
    met = _MET.get(where, NOTHING)
    found = _over(met, texts)
    if found.null_count() > texts.null_count():
        new = texts.filter(found.is_null()).drop_nulls().unique()
        # Put together anew, for `append` would change what is kept, of this column and of others.
        met = texts.drop_nulls().unique() if met.len() + new.len() > MOST_KEPT else pl.concat([met, new])
        found = _over(met, texts)
    if met.len() <= MOST_KEPT:
        _MET[where] = met
    return found


def _over(words: pl.Series, texts: pl.Series) -> pl.Series:
    """Return texts over words, null where one is not among them; to compare with a few is faster than to look up."""
    if words.len() > FEW:
        return texts.cast(pl.Enum(words), strict=False)
    place = pl.lit(None, pl.UInt8)
    for number, word in enumerate(words):
        place = pl.when(pl.col("text") == word).then(pl.lit(number, pl.UInt8)).otherwise(place)
    return pl.DataFrame({"text": texts}).with_columns(place.cat.to(pl.Enum(words)).alias("text")).to_series()
