"""The page on national messages is as the table has them, and the table names what the examples hold."""

from __future__ import annotations

import re

import pytest
from lxml import etree

from api.messages.tables import messages_table, oid_of
from tests.messages.messages_page import PAGE, page
from tests.shared import shared, skip_without

EXAMPLES = (
    "Helseopplysninger_Varsel_om_innlagt_pasient_v1-6_Ny.xml",
    "Innleggelsesrapport_v1-6_Ny.xml",
    "Utskrivningsrapport_v1-6_Ny.xml",
)
PLACES = {"Overskriftskode": "heading_", "Hendelsekode": "event", "TypeInnhold": "content_"}
NOT_WRITTEN = {"9143"}  # kinds of infection, which we neither write nor read as facts


def test_the_page_is_as_it_would_be_written_now():
    assert PAGE.read_text("utf-8") == page(), "run ./dev docs and commit docs/messages.md"


def test_there_are_six_official_headings():
    table = page().partition("## The six official headings")[2].partition("\nWhich part")[0]
    assert re.findall(r"^\| `(\w+)`", table, re.MULTILINE) == ["1", "2", "OP", "HJ", "VU", "OP"]


@pytest.mark.parametrize("name", EXAMPLES)
def test_every_heading_event_and_type_of_an_official_message_is_in_our_table_by_code_name_and_oid(name):
    path = shared(f"interop/examples/{name}")
    skip_without(path)
    for element in etree.parse(path).iter("{*}Overskriftskode", "{*}Hendelsekode", "{*}TypeInnhold"):
        if str(element.get("S")).rpartition(".")[2] in NOT_WRITTEN:
            continue
        start = PLACES[etree.QName(element).localname]
        sets = {n: e for n, e in messages_table()["code_sets"].items() if n.startswith(start)}
        (found,) = [entry for set_, entry in sets.items() if oid_of(set_) == element.get("S")]
        codes = {(c["code"], c["name"]) for c in found.values() if isinstance(c, dict)}
        assert (element.get("V"), element.get("DN")) in codes
