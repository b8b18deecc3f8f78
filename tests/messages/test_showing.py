"""A message rendered for people: words under headings, never its own markup, and what is not shown is counted."""

from __future__ import annotations

import pytest
from lxml import etree

from api.messages.showing import Shown, shown
from api.screening import texts_in
from tests.messages.sent import message
from tests.shared import SHARED

PERSON = "15814512336"
SENT = "2026-11-20T10:00:00+01:00"
EXAMPLES = SHARED / "interop" / "examples"
NB = texts_in("nb")
HOSTILE = "<b onclick='x'>Bra</b> &amp; <script>alert(1)</script>"
RELATIVE = "<ParorendeForesatt><Referanseperson/><Merknad>Ola, Storgata 1</Merknad></ParorendeForesatt>"
NOTE = "<MedisinskfagligeOpplysninger><Journaltekst><Notat>{}</Notat></Journaltekst></MedisinskfagligeOpplysninger>"


def rendered(body: str, *, protected: bool = False) -> Shown:
    """Return what is shown of an admission report with this content."""
    root = etree.fromstring(message("INNLEGGELSESRAPPORT", PERSON, body, sent=SENT))
    return shown(root, NB, protected=protected)


def words(content: Shown) -> str:
    """Return every word that is shown."""
    return "\n".join(row.words for part in content.parts for row in part.rows)


def test_markup_in_a_message_is_words_and_nothing_else():
    root = etree.fromstring(
        '<Message xmlns="http://www.kith.no/xmlstds/epikrise/2012-02-15"><ServRprt><Event><Comment>'
        '<Heading V="OP" DN="Planer"/><TextResultValue><div xmlns="http://www.w3.org/1999/xhtml">'
        f"<p>{HOSTILE}</p><ul><li>Veies</li><li>Ringes</li></ul></div></TextResultValue>"
        "</Comment></Event></ServRprt></Message>"
    )
    (part,) = shown(root, NB).parts
    assert part.heading == "Planer"
    (row,) = part.rows
    assert "<" not in row.words
    assert [block.is_list for block in row.blocks] == [False, True]
    assert row.blocks[1].lines == ("Veies", "Ringes")


def test_an_element_that_we_do_not_know_is_counted_and_not_shown():
    content = rendered("<Ukjent><Noe>hemmelig</Noe></Ukjent>")
    assert content.left_out == 1
    assert "hemmelig" not in words(content)


def test_a_code_of_icd_10_is_shown_with_its_point():
    coded = '<Diagnosekode V="E871" S="2.16.578.1.12.4.1.1.7110" DN="Lavt natrium"/>'
    body = f"<InfoMedisinskDiagnose><MedisinskDiagnose>{coded}</MedisinskDiagnose></InfoMedisinskDiagnose>"
    assert words(rendered(body)) == "Lavt natrium (E87.1)"
    assert words(rendered(body.replace("E871", "E86"))) == "Lavt natrium (E86)"
    assert words(rendered(body.replace(' DN="Lavt natrium"', ""))) == "E87.1"


def test_a_script_in_a_received_text_is_neither_run_nor_read():
    block = (
        '<Comment><Heading V="VU" DN="Vurdering"/><TextResultValue><div xmlns="http://www.w3.org/1999/xhtml">'
        "<p>før</p><script>alert(1)</script><style>p{}</style><p>etter</p></div></TextResultValue></Comment>"
    )
    assert words(rendered(block)) == "før\netter"


@pytest.mark.parametrize("protected", [True, False])
def test_of_a_protected_address_nothing_is_shown_that_tells_where(protected):
    content = rendered(RELATIVE + NOTE.format("Falt hjemme"), protected=protected)
    assert ("Storgata" in words(content)) is not protected
    assert "Falt hjemme" in words(content)


def test_a_time_that_is_none_is_shown_as_it_stands():
    event = '<Hendelsekode V="1" DN="Innlagt"/><TidspunktForHendelse V="i går"/>'
    content = rendered(f"<OpplysningOpphold><TidsfestetHendelse>{event}</TidsfestetHendelse></OpplysningOpphold>")
    assert words(content) == "i går"


@pytest.mark.skipif(not EXAMPLES.is_dir(), reason="The official examples are not beside the project.")
def test_the_official_examples_are_shown_with_their_official_headings():
    found = {
        path.name: {part.heading for part in shown(etree.parse(path).getroot(), NB).parts}
        for path in EXAMPLES.glob("*.xml")
    }
    whole = set().union(*found.values())
    assert {"Planer for videre oppfølging", "Pasientens status", "Antatt forløp", "Funksjonsnivå/hjelpetiltak"} <= whole
    assert len(found) == 4
