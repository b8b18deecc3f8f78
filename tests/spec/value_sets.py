"""The catalogue's last chapter: the tables that the scores read, each with its codes and what it waits for."""

from __future__ import annotations

from collections.abc import Mapping

from engine.texts import Texts
from rules.knowledge import SOURCES, rows
from rules.knowledge import table as toml
from tests.spec.tables import table

HEAD = """\
## Tabellene bak skårene

`A!B` er A uten B, `A|B` er A eller B. Kodene står uten punktum og gjelder alt som begynner likt."""
NORGEP_HEAD = """\
### NORGEP og NORGEP-NH

Venter på gjennomgang av farmasøyt. RECALL: skrevet etter hukommelsen, ennå ikke lest i kilden.

"""
CHRONIC_HEAD = """\
### Grupper av kroniske tilstander

Venter på gjennomgang av lege. En kode teller i den første gruppen den står i.

"""


def value_sets(texts: Texts) -> str:
    """Return the chapter."""
    return "\n\n".join(
        (
            HEAD,
            _cfs_levels(texts),
            _cfs_tree(texts),
            _norgep(),
            _csv(
                "Legemidler som øker fallfaren (STOPPFall)", "stoppfall_atc", {"class": "Klasse", "atc_prefixes": "ATC"}
            ),
            _charlson(),
            _hfrs(),
            _chronic_groups(),
            _code_sets(),
        )
    )


def _cfs_levels(texts: Texts) -> str:
    levels = ((str(level), texts(f"cfs.{level}")) for level in range(1, 10))
    return f"### CFS-nivåene\n\n{texts('cfs.attribution')}\n\n" + table(("Nivå", "Kort navn"), levels)


def _cfs_tree(texts: Texts) -> str:
    tree = toml("cfs_tree")
    lines = [
        (
            str(row["level"]),
            "; ".join(_answers(texts, tree["domain"], item, row["when"][item]) for item in row["when"]) or "ellers",
        )
        for row in tree["row"]
    ]
    source = SOURCES[tree["source"]]["title"]
    return f"### CFS-treet\n\nRadene prøves i rekkefølge; den første som passer, gir nivået. {source}.\n\n" + table(
        ("Nivå", "Når"), lines
    )


def _answers(texts: Texts, domain: Mapping[str, list[object]], item: str, fitting: list[object]) -> str:
    label = texts(f"item.{item}")
    if isinstance(fitting[0], bool):
        return f"{label}: {texts('answer.yes' if fitting[0] else 'answer.no')}"
    if isinstance(fitting[0], str):
        return f"{label}: {' eller '.join(texts(f'answer.{item}.{code}') for code in fitting)}"
    more = " eller flere" if item == "chronic_conditions" and fitting[-1] == domain[item][-1] else ""
    span = str(fitting[0]) if len(fitting) == 1 else f"{fitting[0]}–{fitting[-1]}"
    return f"{label}: {span}{more}"


def _norgep() -> str:
    lines = [
        (
            row["list"],
            row["item"],
            row["label_en"],
            _codes(row["atc_a"]),
            _codes(row["atc_b"]),
            row["condition"],
            _counts(row),
        )
        for row in rows("norgep_atc")
    ]
    return NORGEP_HEAD + table(("Liste", "Nr.", "Kriterium", "ATC", "sammen med", "Vilkår", "Teller"), lines)


def _counts(row: Mapping[str, str]) -> str:
    return "nei" if row["type"] == "deprescribing_review" else "ja"


def _charlson() -> str:
    codes = _gathered("charlson_quan2005_icd10", "category")
    lines = [
        (row["label_en"], row["weight_1987"], row["weight_quan2011"], row["suppressed_by"], codes[row["category"]])
        for row in rows("charlson_categories")
    ]
    return "### Charlson (Quan 2005)\n\n" + table(("Gruppe", "1987", "2011", "slås ut av", "ICD-10"), lines)


def _hfrs() -> str:
    weights = ", ".join(f"{row['icd10_3char']} {row['weight'].replace('.', ',')}" for row in rows("hfrs_icd10_weights"))
    return f"### Hospital Frailty Risk Score (Gilbert 2018)\n\n{weights}."


def _chronic_groups() -> str:
    lines = _gathered("chronic_groups_icd10", "group").items()
    return CHRONIC_HEAD + table(("Gruppe", "ICD-10"), lines)


def _code_sets() -> str:
    lines = [
        (f"`{group}.{name}`", _codes(codes), SOURCES[members["source"]]["title"])
        for group, members in toml("code_sets").items()
        for name, codes in members.items()
        if name != "source"
    ]
    return "### Andre kodesett\n\n" + table(("Sett", "Koder", "Kilde"), lines)


def _csv(title: str, name: str, columns: Mapping[str, str]) -> str:
    lines = ([_codes(row[column]) for column in columns] for row in rows(name))
    return f"### {title}\n\n" + table(tuple(columns.values()), lines)


def _gathered(name: str, key: str) -> dict[str, str]:
    found: dict[str, list[str]] = {}
    for row in rows(name):
        found.setdefault(row[key], []).append(row["code_prefix_nodot"])
    return {group: ", ".join(codes) for group, codes in found.items()}


def _codes(text: str) -> str:
    return text.replace("|", "\\|")
