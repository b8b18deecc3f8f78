"""Writes docs/messages.md from the table of messages: `python -m tests.messages.messages_page`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from api.messages.tables import messages_table, oid_of
from api.messages.writing.xhtml import WRITTEN
from api.screening import texts_in

PAGE = Path(__file__).parents[2] / "docs" / "messages.md"
START = """# National messages

For whoever joins Rett hjem to a record system. Generated from `api/messages/data/messages.toml` by `./dev docs`.

The record system does the transport (ebXML, AppRec). Rett hjem reads and writes what is inside: PLO 1.6 in MsgHead
1.2, and Epikrise 1.2. `retthjem read MESSAGE.xml` reads one, `retthjem message KIND FILE -o OUT.xml` writes a draft
from a case. [confirm] marks what is recalled, or chosen by us, and not read in the national source.
"""
WORDS = """
## What is written, and how

- What a message says are the lines of the prints: the notice's sheet and the epikrise's plan section. No text is
  written twice.
- What nobody has said is written «ikke oppgitt»; a list that is not known is told from one that says «ingen».
- A character that XML cannot hold, or that turns the text around it, becomes U+FFFD, and the message says how many
  there were. Nothing is cut: the schemas set no length.
- The epikrise's XHTML is made of {elements}, without attributes. What people wrote is always text.
- No address and no municipality of the patient is written. Where the address is protected, neither are next of kin,
  the GP's name and telephone, and telephone numbers that are set locally. The head names the receiver also then, for
  without it nothing can be sent; pages, lists and the answers about messages do not, and only the record system is
  given the message itself.
- A final PLO message carries who approved it and when (AnsvarForRapport), a final epikrise too (ApprDate,
  RelServProvider, Status F). Without these it is a draft.
- A change (M), an addition (A) and a cancellation (C) refer to the message before in ConversationRef: RefToParent is
  that message, RefToConversation the first of them all. An epikrise has no ConversationRef; its ServProvId is the
  first message's id in all of them [confirm]. A cancellation carries whose it was and of which stay, and nothing
  clinical.
- A final message has the names and HER-ids that the operator listed (`messages.parties` in `docs/settings.md`); where
  the sender or the receiver has none it cannot be made final, and the page says why and what to do.
  The demo's HER-ids are made up, from 99000000.
- The approver's HPR number is the one in the sign-in's claim (`issuer.claims.hpr_number` in `docs/settings.md`,
  HelseID's unless another is named). Where the sign-in has none, a PLO message says «ikke oppgitt» where the schema
  wants a number (AnsvarligRapport/Ident, type HPR), an epikrise leaves Id and TypeId of HCProf out, and the page tells
  the approver before it is made final: the record system is to fill it in before it sends, for a receiver may refuse
  the message without it.
- A draft from the command line does not know who sends and who receives; name and HER-id then say «ikke oppgitt», so
  that no receiver takes it for addressed.
"""


def _heading(part: str) -> str:
    """Return the text that heads a part; the level of treatment is headed as on the prints."""
    return "plan.contingency.limits" if part == "limits" else f"epikrise.{part}"


def page() -> str:
    """Return the page."""
    elements = ", ".join(f"`{name}`" for name in WRITTEN)
    parts = (_kinds(), WORDS.format(elements=elements), _official(), _carried(), _code_sets(), _snapshot())
    return START + "".join(parts)


def _rows(head: tuple[str, ...], rows: Iterator[tuple[str, ...]]) -> str:
    lines = (head, ("---",) * len(head), *rows)
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


def _kinds() -> str:
    def rows() -> Iterator[tuple[str, ...]]:
        for name, kind in messages_table()["kinds"].items():
            types = ", ".join(f"`{each['code']}` {each['name']}" for each in kind["types"])
            ways = " and ".join(kind["ways"])
            yield f"`{name}`", kind["standard"], types, f"`{kind['root']}` {kind['namespace']}", ways, kind["source"]

    head = ("kind", "standard", "type in the head", "root element and namespace", "here it is", "where it stands")
    return "\n## Kinds\n\n" + _rows(head, rows())


def _codes(entry: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    return (each for each in entry.values() if isinstance(each, dict))


def _oid(code_set: str) -> str:
    found = oid_of(code_set)
    return f"`{found}`" if found else "not known"


def _official() -> str:
    """Return the headings under which the notice, the discharge report and the epikrise must have their contents."""

    def rows() -> Iterator[tuple[str, ...]]:
        for name, entry in messages_table()["code_sets"].items():
            official = (each for each in _codes(entry) if each.get("official"))
            yield from ((f"`{each['code']}`", each["name"], entry["name"], _oid(name)) for each in official)

    return "\n## The six official headings\n\n" + _rows(("code", "heading", "code set", "OID"), rows())


def _carried() -> str:
    texts = texts_in("nb")

    def rows() -> Iterator[tuple[str, ...]]:
        for kind, table in messages_table()["carried"].items():
            for heading, parts in table["headings"].items():
                entry = messages_table()["code_sets"][table["code_set"]][heading]
                yield (
                    f"`{kind}`",
                    f"`{entry['code']}` {entry['name']}",
                    "; ".join(texts(_heading(p)) for p in parts),
                )

    head = ("message", "heading", "parts of the plan section, as they are called there")
    words = "\nWhich part of the epikrise's plan section stands under which heading is our choice [confirm].\n\n"
    return words + _rows(head, rows())


def _code_sets() -> str:
    def rows() -> Iterator[tuple[str, ...]]:
        for name, entry in messages_table()["code_sets"].items():
            codes = ", ".join(f"`{each['code']}` {each['name']}" for each in _codes(entry)) or "all of it"
            confirm = " [confirm]" if entry.get("confirm") else ""
            yield (
                entry.get("number", "–"),
                entry["name"],
                _oid(name),
                entry["element"],
                codes,
                entry["source"] + confirm,
            )

    head = ("number", "code set", "OID", "element", "codes used", "where they stand")
    place = "OIDs stand in the message where the element has a place for them (CV), and not elsewhere (CS)."
    return f"\n## Code sets\n\n{place}\n\n" + _rows(head, rows())


def _snapshot() -> str:
    table = messages_table()["snapshot"]
    head = f"\n## What the public snapshot of {table['year']} may lack\n\n"
    return head + "".join(f"- {each}\n" for each in table["may_lack"])


if __name__ == "__main__":
    PAGE.write_text(page(), "utf-8")
