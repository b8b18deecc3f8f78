"""The clinician's print: what it says, and a PDF that is tagged, the same every time, in the right letters."""

from __future__ import annotations

import io
import logging
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from functools import cache
from typing import Any

import pikepdf
import pytest

from careplans.parts import Plan
from careplans.print import document, limits_in_words, render_html, render_pdf
from careplans.print.document import fetcher
from engine.errors import MachineLacks
from rules.assessment import RuleError, ScoreResult, TeamListEntry, Track, Undecided
from rules.case import Case, Note, Rater, Source
from rules.ruleset import national
from tests.unit.test_careplans_example import (
    example_assessment,
    example_case,
    finding,
    plan_of,
    score,
    shared_decision_assessment,
    texts,
)

PRINTED = date(2026, 11, 17)
NAME = "Šuŋŋá Ánneš Čáhppesåvdnji Bæřø-Žđåvvir"


def named_case() -> Case:
    """The example case with a name that needs its letters."""
    return replace(example_case(), patient=replace(example_case().patient, name=NAME))


def html(plan: Plan | None = None, **options: Any) -> str:
    """The print as HTML."""
    return render_html(plan or plan_of(case=named_case()), texts(), printed=PRINTED, **options)


class Listener(logging.Handler):
    """Keeps what WeasyPrint says."""

    def __init__(self) -> None:
        super().__init__()
        self.said: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.said.append(record.getMessage())


def pdf_of(plan: Plan) -> bytes:
    """The print as PDF, failing on any word from WeasyPrint."""
    listener, logger = Listener(), logging.getLogger("weasyprint")
    logger.addHandler(listener)
    try:
        printed = render_pdf(plan, texts(), printed=PRINTED)
    finally:
        logger.removeHandler(listener)
    assert listener.said == []
    return printed


@cache
def example_pdf() -> bytes:
    """The example as PDF, rendered once."""
    return pdf_of(plan_of(case=named_case()))


@pytest.fixture(name="pdf")
def opened() -> Iterator[pikepdf.Pdf]:
    """The example's PDF, opened."""
    with pikepdf.open(io.BytesIO(example_pdf())) as pdf:
        yield pdf


def structure(pdf: pikepdf.Pdf) -> list[Any]:
    """Every element of the structure tree."""
    found: list[Any] = []
    waiting = [pdf.Root.StructTreeRoot]
    while waiting:
        node = waiting.pop()
        children: Any = node.get("/K", [])
        for child in children if isinstance(children, pikepdf.Array) else [children]:
            if isinstance(child, pikepdf.Dictionary) and "/S" in child:
                found.append(child)
                waiting.append(child)
    return found


def test_the_pdf_is_tagged_in_norwegian_and_claims_pdf_ua(pdf: pikepdf.Pdf) -> None:
    assert bool(pdf.Root.MarkInfo.Marked)
    assert str(pdf.Root.Lang) == "nb"
    with pdf.open_metadata() as metadata:
        assert metadata["pdfuaid:part"] == "1"
        assert metadata["dc:title"] == "Oppfølgingsplan"
    assert bool(pdf.Root.ViewerPreferences.DisplayDocTitle)


def test_no_metadata_holds_patient_data(pdf: pikepdf.Pdf) -> None:
    told = str(dict(pdf.docinfo)) + bytes(pdf.Root.Metadata.read_bytes()).decode()
    for secret in (NAME, "Šuŋŋá", "15814512336", "158145", "1945", "GER2"):
        assert secret not in told


def test_the_pdf_has_headings_table_headers_and_alternative_texts(pdf: pikepdf.Pdf) -> None:
    tags = [str(element.S) for element in structure(pdf)]
    assert tags.count("/H1") == 1
    assert tags.count("/H2") >= 6
    assert tags.count("/TH") >= 11
    figures = [element for element in structure(pdf) if str(element.S) == "/Figure"]
    assert figures
    assert {str(figure.Alt) for figure in figures} == {"Kryss av når det er gjort"}


def test_the_same_plan_gives_the_same_bytes() -> None:
    assert pdf_of(plan_of(case=named_case())) == example_pdf()


def test_the_example_takes_five_a4_pages_of_which_three_are_the_plan(pdf: pikepdf.Pdf) -> None:
    assert len(pdf.pages) <= 5
    width, height = (float(value) * 25.4 / 72 for value in pdf.pages[0].MediaBox[2:])
    assert (round(width), round(height)) == (210, 297)


def test_the_fonts_are_whole_files_and_embedded(pdf: pikepdf.Pdf) -> None:
    fonts = {str(font.BaseFont) for page in pdf.pages for font in page.Resources.Font.values()}
    assert fonts
    assert all("Source-Sans" in name or "SourceSans" in name for name in fonts), fonts


@pytest.mark.parametrize("letter", list("čđŋšžæøåČŠŽĐŊÁ"))
def test_the_letters_of_sami_and_norwegian_names_are_drawn_by_our_font(letter: str) -> None:
    patient = replace(example_case().patient, name=letter * 3)
    with pikepdf.open(io.BytesIO(pdf_of(plan_of("nutrition", case=replace(example_case(), patient=patient))))) as pdf:
        fonts = {str(font.BaseFont) for page in pdf.pages for font in page.Resources.Font.values()}
    assert all("SourceSans" in name.replace("-", "") for name in fonts), fonts


def test_nothing_is_fetched_outside_the_package() -> None:
    for url in ("https://example.org/x.css", "file:///etc/passwd", "ftp://example.org/x"):
        with pytest.raises(ValueError, match="outside its own folder"):
            fetcher().fetch(url)


def test_the_patient_is_named_on_every_page_and_once_in_the_body() -> None:
    page = html()
    assert page.count(NAME) == 2
    assert page.count("158145 12336") == 2
    assert page.count("15.01.1945") == 2


def test_a_patient_without_a_number_is_shown_by_the_local_id() -> None:
    patient = replace(example_case().patient, id=None, local_id="L-77")
    page = html(plan_of(case=replace(example_case(), patient=patient)))
    assert "Lokal ID L-77" in page
    assert "Navn ikke oppgitt" in page


def test_words_from_outside_are_text_and_never_markup() -> None:
    answers = {**example_case().answers, "what_matters": "<script>alert(1)</script>"}
    assert "<script>" not in html(plan_of(case=replace(example_case(), answers=answers)))


def test_the_print_says_what_it_rests_on() -> None:
    page = html(limits=limits_in_words(national(), texts()))
    for said in (
        "Regelsett 1.0.0 · 9f2c41d0aa17", "Skrevet ut 17.11.2026", "Beslutningsstøtte – en kliniker avgjør",
        "[må bekreftes]", "Clinical Frailty Scale © Dalhousie University", "Lever med moderat skrøpelighet",
        "mellom 0 og 2", "«Komme hjem til hagen og klare trappa selv.»", "MST er minst 2", "Utskrives til",
    ):  # fmt: skip
        assert said in page, said


def test_unknown_treatment_limits_hold_no_help_back_and_are_never_denied() -> None:
    page = html()
    assert "Ingenting er avklart. Gi hjelp som vanlig, og ring 113 ved akutte tegn." in page
    assert "Ingen avtale er gjort. Legg inn når tilstanden krever det." in page
    assert "skal ikke gjøres" not in page
    assert "spør behandlende lege" not in page
    assert not re.search("ingen begrensning", page, re.IGNORECASE)


def test_known_treatment_limits_are_read_first() -> None:
    answers = {**example_case().answers, "treatment_limits": "Ikke respirator."}
    page = html(plan_of(case=replace(example_case(), answers=answers)))
    assert page.count("Behandlingsnivå – avklart") == 2
    assert "Ikke respirator." in page
    assert "Ingenting er avklart" not in page


def test_words_on_the_level_of_treatment_are_never_printed_as_what_is_not_to_be_done() -> None:
    answers = {**example_case().answers, "treatment_limits": "Full behandling, også HLR og intensiv."}
    page = html(plan_of(case=replace(example_case(), answers=answers)))
    assert "Full behandling, også HLR og intensiv." in page
    assert "skal ikke gjøres" not in page
    assert "Hvem som har skrevet det, er ikke oppgitt. Ikke bekreftet av lege." in page


def test_the_print_says_who_answers_at_night() -> None:
    page = html()
    assert "Kveld, natt og helg: legevakt 116 117" in page
    assert page.count("hele døgnet") == 2
    assert page.count(">dagtid<") == 2


def sheets(page: str) -> tuple[str, str]:
    """The print as what may hang on a wall, and what is for staff."""
    wall, _, staff = page.partition('<section class="why">')
    return wall, staff


def test_what_bears_on_prognosis_stands_on_a_sheet_for_staff_only() -> None:
    asked = (Undecided("palliative_indicators", ("surprised_if_died_within_12_months", "spict_wish", "four_at")),)
    plan = plan_of(assessment=example_assessment(undecided=asked, ask_next="surprised_if_died_within_12_months"))
    wall, staff = sheets(html(plan))
    assert staff.count("Kun for helsepersonell – henges ikke opp") == 2
    assert "Pasient / Dato" in wall
    assert "Overraskelsesspørsmålet" in staff
    for word in ("verraskelse", "mindre behandling", "levetid", "Det vi ikke vet"):
        assert word not in wall, word
    assert "Ønsker og behandlingsnivå" in wall


def judged(**changes: Any) -> str:
    """The figure that holds the CFS."""
    page = html(plan_of(assessment=example_assessment(**changes)))
    return page.partition("<h2>CFS</h2>")[2].partition("</div>")[0]


def cfs(**because: Any) -> dict[str, ScoreResult]:
    """A CFS of 6 that rests on these facts."""
    return {"cfs": ScoreResult(6, 6, 6, because)}


def test_the_cfs_says_whose_it_is() -> None:
    rater = Rater("overlege", datetime(2026, 11, 16, 9, 5, tzinfo=UTC))
    assert "forslag fra treet – ikke vurdert av kliniker" in judged(scores=cfs(badl_help=["eat"]))
    assert "vurdert av kliniker" in judged(scores=cfs(cfs_clinician=6))
    assert "vurdert av overlege, man. 16. nov. 2026 kl.\u00a010:05" in judged(scores=cfs(cfs_clinician=6), rater=rater)
    assert "overlege" not in judged(scores=cfs(badl_help=["eat"]), rater=rater)
    read = {"cfs_clinician": Source("fhir")}
    assert "ikke bekreftet av kliniker" in judged(scores=cfs(cfs_clinician=6), proposed=read)


def test_a_cfs_that_is_not_valid_says_so_and_who_decides() -> None:
    plan = plan_of(
        assessment=example_assessment(
            scores=cfs(cfs_clinician=6),
            tracks=(),
            findings=(finding("clinical_judgement", "action:clinical_judgement"),),
            on_team_list=TeamListEntry("clinical_judgement"),
        )
    )
    wall, _ = sheets(html(plan))
    assert "ikke gyldig for denne pasienten" in wall
    assert "Ingen spor er valgt" in wall
    assert "en kliniker vurderer" in wall


@pytest.mark.parametrize(
    ("levels", "said"),
    [((6, 9), "6 eller 9"), ((6, 7, 9), "6, 7 eller 9"), ((6, 7, 8, 9), "mellom 6 og 9"), ((), "mellom 6 og 9")],
)
def test_levels_with_a_gap_are_listed(levels: tuple[int, ...], said: str) -> None:
    assert said in judged(scores={"cfs": ScoreResult(None, 6, 9, {}, levels=levels)})


def palliative(**answers: str) -> Plan:
    """A plan with palliative focus, and what more was answered."""
    case = replace(example_case(), answers={**example_case().answers, **answers})
    return plan_of("palliative_indicators,shared_decision", case=case, assessment=shared_decision_assessment())


@pytest.mark.parametrize(
    ("answers", "lacks"),
    [
        ({}, "Avklar behandlingsnivået før hjemreise."),
        ({"gp": "Solsiden, tlf. 73 00 00 00"}, "Avklar behandlingsnivået før hjemreise."),
        ({"treatment_limits": "Ikke sykehus."}, "Skriv nummeret til dem som skal ringes først, før hjemreise."),
        ({"treatment_limits": "Ikke sykehus.", "gp": "Solsiden"}, "Skriv nummeret til dem som skal ringes først"),
    ],
)
def test_palliative_focus_takes_113_from_nobody_who_has_no_limit_or_nobody_to_call(
    answers: dict[str, str], lacks: str
) -> None:
    page = html(palliative(**answers))
    assert "Ring 113 nå" in page
    assert "hvis ingen svarer" not in page
    assert "før pasienten flyttes" not in page
    assert "Kveld, natt og helg: legevakt 116 117" in page
    assert lacks in page


def test_with_palliative_focus_there_is_one_order_to_call_in() -> None:
    page = html(palliative(treatment_limits="Ikke sykehus.", gp="Solsiden, tlf. 73 00 00 00"))
    assert "Ring nå etter listen – 113 hvis ingen svarer" in page
    assert "Avklar behandlingsnivået" not in page
    assert "Ring 113 nå" not in page
    assert "Kveld, natt og helg" not in page
    assert "ring 113 ved akutte tegn" not in page


def test_sugar_comes_before_the_call_for_low_blood_sugar() -> None:
    page = html()
    assert "Gi sukker nå, ring etterpå" in page
    assert "113 hvis ikke bedre etter 10 minutter" in page


def test_a_preliminary_track_is_marked() -> None:
    assert "foreløpig" not in html()
    tracks = (Track("cga_team", "recommend", "preliminary"),)
    assert "foreløpig" in html(plan_of(assessment=example_assessment(tracks=tracks)))


def test_a_disagreement_between_the_engines_is_shown_boldly() -> None:
    errors = (RuleError("nutrition", "engines_disagree"),)
    page = html(plan_of(assessment=example_assessment(errors=errors)))
    assert 'class="alarm"' in page
    assert 'class="alarm"' not in html()


def test_an_open_shared_decision_prints_the_guide_and_no_track() -> None:
    plan = plan_of(assessment=shared_decision_assessment())
    assert "Samtaleguide" in html(plan)
    assert pdf_of(plan)


def test_every_score_and_level_has_words() -> None:
    scores = {"cfs": score(None, 5, 7), "charlson": score(None, 2, None), "hfrs": score(None, None, None)}
    scores["norgep_hits"] = score(None, 0, None)
    page = html(plan_of(assessment=example_assessment(scores=scores)))
    for words in ("mellom 5 og 7", "minst 2", "gjelder ikke", "ukjent"):
        assert words in page
    for level in range(1, 10):
        assert str(level) in html(plan_of(assessment=example_assessment(scores={"cfs": score(level)})))


def test_an_empty_case_prints() -> None:
    undecided = (Undecided("robust", ("cfs_clinician",)),)
    nothing = example_assessment(
        findings=(), tracks=(), scores={}, pathway=None, undecided=undecided, ask_next="cfs_clinician"
    )
    assert pdf_of(plan_of(case=Case(), assessment=nothing))


def test_notes_about_the_input_are_shown() -> None:
    assert "Merknader" in html(plan_of(assessment=example_assessment(notes=(Note("cfs_tree_differs_by_one"),))))


def test_a_machine_without_pango_is_told_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    def lacking(name: str) -> Any:
        raise OSError(name)

    monkeypatch.setattr(document, "import_module", lacking)
    document._weasyprint.cache_clear()
    with pytest.raises(MachineLacks, match="lacks_pango") as told:
        render_pdf(plan_of(), texts(), printed=PRINTED)
    assert str(told.value.values["install"]).startswith("apt-get install libpango")


def test_a_stylesheet_can_be_linked_in_place_of_the_style_in_the_page() -> None:
    assert '<link rel="stylesheet" href="/static/plan.css">' in html(stylesheet="/static/plan.css")
    assert "<style>" not in html(stylesheet="/static/plan.css")
    assert "<style>" in html()
