"""The catalogue's last chapter: the tables that the scores read, each with its codes and what it waits for."""

from __future__ import annotations

from collections.abc import Mapping

from engine.texts import Texts
from rules.knowledge import rows
from rules.knowledge import table as toml
from rules.sources import source_title
from tests.spec.tables import columns, table


def value_sets(texts: Texts) -> str:
    """Return the chapter."""
    return "\n\n".join(
        (
            f"## {texts('catalogue.tables.heading')}\n\n{texts('catalogue.tables.about')}",
            _cfs_levels(texts),
            _cfs_tree(texts),
            _norgep(texts),
            _fall_risk(texts),
            _charlson(texts),
            _hfrs(texts),
            _chronic_groups(texts),
            _code_sets(texts),
        )
    )


def _section(name: str, texts: Texts, *parts: str) -> str:
    return "\n\n".join((f"### {texts(f'catalogue.tables.{name}')}", *parts))


def _cfs_levels(texts: Texts) -> str:
    levels = ((str(level), texts(f"cfs.{level}")) for level in range(1, 10))
    return _section("cfs_levels", texts, texts("cfs.attribution"), table(columns(texts, "level", "short_name"), levels))


def _cfs_tree(texts: Texts) -> str:
    tree = toml("cfs_tree")
    about = texts("catalogue.tables.cfs_tree_about", source=source_title(tree["source"], texts.language))
    lines = [(str(row["level"]), _fits(row["when"], tree["domain"], texts)) for row in tree["row"]]
    return _section("cfs_tree", texts, about, table(columns(texts, "level", "when"), lines))


def _fits(when: Mapping[str, list[object]], domain: Mapping[str, list[object]], texts: Texts) -> str:
    said = (
        f"{texts(f'item.{item}')}: {_answers(item, (fitting, domain[item]), texts)}" for item, fitting in when.items()
    )
    return "; ".join(said) or texts("catalogue.otherwise")


def _answers(item: str, answers: tuple[list[object], list[object]], texts: Texts) -> str:
    fitting, domain = answers
    if isinstance(fitting[0], bool):
        return texts("answer.yes" if fitting[0] else "answer.no")
    if isinstance(fitting[0], str):
        return f" {texts('words.or')} ".join(texts(f"answer.{item}.{code}") for code in fitting)
    span = str(fitting[0]) if len(fitting) == 1 else f"{fitting[0]}–{fitting[-1]}"
    more = item == "chronic_conditions" and fitting[-1] == domain[-1]
    return texts("catalogue.tables.or_more", span=span) if more else span


def _norgep(texts: Texts) -> str:
    lines = [
        (
            row["list"],
            row["item"],
            row["label_en"],
            _codes(row["atc_a"]),
            _codes(row["atc_b"]),
            row["condition"],
            texts("answer.no" if row["type"] == "deprescribing_review" else "answer.yes"),
        )
        for row in rows("norgep_atc")
    ]
    list_, number, criterion, together, condition, counts = columns(
        texts, "list", "number", "criterion", "together_with", "condition", "counts"
    )
    head = (list_, number, criterion, "ATC", together, condition, counts)
    return _section("norgep", texts, texts("catalogue.tables.norgep_about"), table(head, lines))


def _fall_risk(texts: Texts) -> str:
    lines = ((row["class"], _codes(row["atc_prefixes"])) for row in rows("stoppfall_atc"))
    return _section("fall_risk", texts, table((*columns(texts, "class"), "ATC"), lines))


def _charlson(texts: Texts) -> str:
    codes = _gathered("charlson_quan2005_icd10", "category")
    lines = [
        (row["label_en"], row["weight_1987"], row["weight_quan2011"], row["suppressed_by"], codes[row["category"]])
        for row in rows("charlson_categories")
    ]
    group, suppressed_by = columns(texts, "group", "suppressed_by")
    return _section("charlson", texts, table((group, "1987", "2011", suppressed_by, "ICD-10"), lines))


def _hfrs(texts: Texts) -> str:
    weights = (
        f"{row['icd10_3char']} {row['weight'].replace('.', texts('words.decimal'))}"
        for row in rows("hfrs_icd10_weights")
    )
    return _section("hfrs", texts, f"{', '.join(weights)}.")


def _chronic_groups(texts: Texts) -> str:
    lines = _gathered("chronic_groups_icd10", "group").items()
    about = texts("catalogue.tables.chronic_groups_about")
    return _section("chronic_groups", texts, about, table((*columns(texts, "group"), "ICD-10"), lines))


def _code_sets(texts: Texts) -> str:
    lines = [
        (f"`{group}.{name}`", _codes(codes), source_title(members["source"], texts.language))
        for group, members in toml("code_sets").items()
        for name, codes in members.items()
        if name != "source"
    ]
    return _section("code_sets", texts, table(columns(texts, "set", "codes", "source"), lines))


def _gathered(name: str, key: str) -> dict[str, str]:
    found: dict[str, list[str]] = {}
    for row in rows(name):
        found.setdefault(row[key], []).append(row["code_prefix_nodot"])
    return {group: ", ".join(codes) for group, codes in found.items()}


def _codes(text: str) -> str:
    return text.replace("|", "\\|")
