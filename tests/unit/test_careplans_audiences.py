"""One plan for three readers: the same actions, each in words that its reader uses."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date
from html import unescape
from itertools import pairwise
from typing import Any

import pytest
import segno

from api.screening import texts_in
from careplans.as_json import plan_to_json
from careplans.catalogue import modules, read, signs
from careplans.parts import Action, Due, Plan
from careplans.print import Audience, render_html
from careplans.print.contact_card import card_entries, contact_card
from careplans.print.municipality import in_order_of_work
from careplans.print.patient import not_shown
from careplans.print.sections import under_step
from careplans.settings import PlanSettings
from rules.case import Case, Encounter
from tests.unit.test_careplans_example import example_assessment, example_case, plan_of, shared_decision_assessment

PRINTED = date(2026, 11, 17)
AUDIENCES: tuple[Audience, ...] = ("clinician", "municipality", "patient")
LANGUAGES = ("nb", "nn", "en")
CONTACTS = {"home_care": "Ranheim hjemmetjeneste 72 54 00 00", "geriatric_team": "72 57 10 20"}
NINE = [(audience, language) for audience in AUDIENCES for language in LANGUAGES]
# What nobody reads about themselves: diagnoses of the plan's own making, codes, scores and the names of rules.
HARD = re.compile(
    r"termina|skrøpel|skrøpeleg|frail|palliati|lindrende fokus|døende|døyande|dying|CFS|4AT|MST|NORGEP|HFRS|Charlson|"
    r"SPICT|ICD|ATC|HPH|delir|demen|kogni|cogniti|underernær|undernær|malnutri|multimorbid|[A-Z]\d\d\.\d|regelsett|"
    r"rule set|sha256|behandlingsnivå|de siste dagene|last days",
    re.IGNORECASE,
)
LIX_LIMIT = 35
LONG_WORD = 6


def every_action_plan(plan: Plan) -> Plan:
    """The plan with every action there is."""
    due = Due("discharge", days=3, on=date(2026, 11, 26))
    actions = [
        Action(f"{m.id}.{a.id}", a.block, m.id, "home_care", due, ("clinician",), a.goal, about="falls_last_12_months")
        for m in modules()
        for a in m.actions
    ]
    blocks = tuple(replace(b, actions=tuple(a for a in actions if a.block == b.id)) for b in plan.blocks)
    return replace(plan, blocks=blocks)


def full_plan(**options: Any) -> Plan:
    """The example with contacts, someone near and an interpreter."""
    answers = {**example_case().answers, "next_of_kin": "Datter Ánne, 900 00 000", "interpreter": "Nordsamisk"}
    return plan_of(case=replace(example_case(), answers=answers), settings=PlanSettings(contacts=CONTACTS), **options)


def plans() -> dict[str, Plan]:
    """Plans of many kinds: the example, little known, an open choice, comfort first, and one with everything."""
    comfort = example_assessment(findings=shared_decision_assessment().findings)
    chosen = ",".join(f.rule for f in comfort.findings if f.rule != "cga_team")
    return {
        "example": full_plan(),
        "nothing known": plan_of(case=Case(), assessment=example_assessment(findings=(), tracks=(), pathway=None)),
        "no dates": plan_of(case=replace(example_case(), encounter=Encounter())),
        "open choice": full_plan(assessment=shared_decision_assessment()),
        "comfort first": plan_of(chosen, assessment=comfort),
        "everything": every_action_plan(full_plan()),
    }


def page(audience: Audience, language: str, plan: Plan | None = None) -> str:
    """A print as HTML without its style."""
    return render_html(plan or full_plan(), texts_in(language), printed=PRINTED, audience=audience, stylesheet="/x.css")


def ids_in(html: str) -> list[str]:
    """The ids of the actions that a page shows or counts."""
    return [each for found in re.findall(r'data-action="([^"]*)"', html) for each in found.split()]


def sentences(html: str) -> list[str]:
    """What is to be read, a block of the page or a sentence each."""
    body = html.split("<main", 1)[1].split(">", 1)[1].split("</main>", maxsplit=1)[0]
    blocks = re.split(r"</?(?:p|li|h[1-6]|td|th|dt|dd|div|ul|section|header|tr|blockquote|title)\b[^>]*>", body)
    plain = (unescape(re.sub(r"<[^>]+>", " ", block)) for block in blocks)
    return [said.strip() for block in plain for said in re.split(r"[.!?:]+(?=\s|$)", block) if re.search(r"\w", said)]


def words(said: list[str]) -> list[str]:
    """The words of sentences, numbers left out."""
    return [word for sentence in said for word in re.findall(r"[^\W\d_]+(?:-[^\W\d_]+)*", sentence)]


def lix(said: list[str]) -> float:
    """Läsbarhetsindex (Björnsson 1968): words a sentence, and words of more than six letters of a hundred."""
    every = words(said)
    return len(every) / len(said) + 100 * sum(len(word) > LONG_WORD for word in every) / len(every)


def test_lix_counts_as_it_is_defined() -> None:
    assert lix(["Katten sov", "Hun drømte om fuglene på taket i går kveld"]) == pytest.approx(11 / 2 + 100 * 1 / 11)


@pytest.mark.parametrize(("audience", "language"), NINE)
@pytest.mark.parametrize("kind", plans())
def test_every_print_has_the_actions_of_the_plan_once_each(audience: Audience, language: str, kind: str) -> None:
    plan = plans()[kind]
    kept = [action["id"] for block in plan_to_json(plan)["blocks"] for action in block["actions"]]
    assert sorted(ids_in(page(audience, language, plan))) == sorted(kept) == sorted(a.id for a in plan.actions)


def test_every_action_has_words_for_the_patient_or_a_reason_why_not() -> None:
    table = read("patient")
    every = {f"{module.id}.{action.id}" for module in modules() for action in module.actions}
    worded = [*table["does"]["you"], *table["does"]["we"]]
    assert sorted([*worded, *not_shown()]) == sorted(every)
    assert all(group["reason"] and group["actions"] for group in table["not_shown"])
    for language in LANGUAGES:
        keys = {key for key in texts_in(language).keys() if key.startswith("patient.action.")}  # noqa: SIM118
        assert {key.removesuffix("_institution") for key in keys} == {f"patient.action.{each}" for each in worded}
        assert all(f"patient.also.{group['id']}" in texts_in(language) for group in table["not_shown"])
        assert all(f"patient.sign.{sign.id}" in texts_in(language) for sign in signs())


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", plans())
def test_nobody_reads_a_hard_word_a_code_or_a_score_about_themselves(language: str, kind: str) -> None:
    plan = plans()[kind]
    read_by_patient = " ".join(sentences(page("patient", language, plan)))
    assert HARD.findall(read_by_patient) == []
    assert not re.search(r"\d{6} ?\d{5}", read_by_patient)


@pytest.mark.parametrize("kind", plans())
@pytest.mark.parametrize("language", ["nb", "nn"])
def test_the_patients_print_is_easy_to_read(language: str, kind: str) -> None:
    said = sentences(page("patient", language, plans()[kind]))
    assert lix(said) <= LIX_LIMIT
    running = [sentence for sentence in said if len(words([sentence])) > 2]  # headings and names do not help it
    assert lix(running) <= LIX_LIMIT


@pytest.mark.parametrize("language", LANGUAGES)
def test_who_has_chosen_comfort_first_still_reads_the_emergency_number(language: str) -> None:
    said = texts_in(language)
    html = unescape(page("patient", language, plans()["comfort first"]))
    assert said("patient.call_now", phone="113") in html


@pytest.mark.parametrize("language", LANGUAGES)
def test_in_a_care_home_the_patient_does_not_read_of_the_gp(language: str) -> None:
    plan, said = replace(plans()["example"], destination="institution"), texts_in(language)
    html = unescape(page("patient", language, plan))
    assert said("patient.action.medicines.gp_review_institution") in html
    assert said("patient.action.medicines.gp_review") not in html


def test_a_hard_text_is_not_easy_to_read() -> None:
    hard = "Tverrfaglig legemiddelgjennomgang gjennomføres før utskrivning, sammen med behandlende lege og farmasøyt"
    assert lix([hard]) > LIX_LIMIT


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_is_not_shown_is_hinted_at(language: str) -> None:
    plan = full_plan()
    html = page("patient", language, plan)
    shown = [each for found in re.findall(r'<li data-action="([^"]*)"', html) for each in found.split()]
    assert len(plan.actions) > len(shown) + 1
    assert texts_in(language)("patient.also_what", what="\n").partition("\n")[0] in unescape(html)


def test_the_most_important_lines_are_kept_and_a_page_holds_them() -> None:
    lines = read("patient")["lines"]
    html = page("patient", "nb", plans()["everything"])
    assert len(re.findall(r'<li data-action="', html)) == lines["you"] + lines["we"]
    assert "Legen snakker med deg om hva du ønsker framover." in html


@pytest.mark.parametrize("language", LANGUAGES)
def test_near_people_and_the_interpreter_are_there_where_they_are_known(language: str) -> None:
    for audience in AUDIENCES:
        assert {"Datter Ánne, 900 00 000", "Nordsamisk"} <= set(sentences(page(audience, language)))
    for key in ("patient.kin", "patient.interpreter"):
        assert texts_in(language)(key) not in sentences(page("patient", language, plan_of()))


def test_the_municipalitys_work_is_in_order_of_date_and_owner() -> None:
    plan = plans()["example"]
    rows = in_order_of_work(plan)
    with_steps = {each.id for step in plan.timeline for each in under_step(step, plan)}
    assert with_steps >= {"municipal_notice.send", "medicines.gp_review", "evaluation.four_weeks"}
    assert {row.id for row in rows} == {a.id for a in plan.actions} - with_steps | {s.id for s in plan.timeline}
    dates = [row.due.on for row in rows if row.due.on]
    assert dates == sorted(dates)
    for one, other in pairwise(rows):
        if isinstance(one, Action) and isinstance(other, Action) and one.due == other.due:
            assert one.owner <= other.owner


def test_a_plan_without_dates_has_the_same_order_of_work() -> None:
    dated, undated = in_order_of_work(full_plan()), in_order_of_work(plans()["no dates"])
    common = {row.id for row in dated} & {row.id for row in undated}
    after = [row.id for row in dated if row.id in common and row.due.anchor == "discharge" and not row.due.before]
    assert [row.id for row in undated if row.id in after] == after


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_first_visit_and_whom_to_call_stand_before_the_work(language: str) -> None:
    texts, html = texts_in(language), unescape(page("municipality", language))
    heading = texts("municipality.first", what=texts("step.HPH2"))
    assert html.index(heading) < html.index("72\N{NO-BREAK SPACE}54") < html.index(texts("municipality.work"))
    for line in ("matters", "health", "medicines", "prevention", "self_care", "safety"):
        assert html.index(texts(f"check.HPH2.{line}")) < html.index(texts("municipality.work"))


def test_what_is_not_said_is_asked_for_and_never_denied() -> None:
    html = page("municipality", "nb")
    assert "Ikke oppgitt – spør avdelingen." in html
    assert "Spør avdelingen før første dose hjemme." in html
    started = replace(example_case().medicines[0], start=date(2026, 11, 17))  # type: ignore[index]
    html = page("municipality", "nb", plan_of(case=replace(example_case(), medicines=(started,))))
    assert "furosemid, 17.11.2026" in html


def test_the_contact_card_holds_the_team_and_never_the_patient(monkeypatch: pytest.MonkeyPatch) -> None:
    contents: list[str] = []
    make = segno.make

    def keep(content: str, **options: Any) -> Any:
        contents.append(content)
        return make(content, **options)

    monkeypatch.setattr(segno, "make", keep)
    case = replace(example_case(), answers={**example_case().answers, "gp": "Fastlege Berg, 73 00 00 00"})
    ruleset = replace(example_assessment().ruleset, overlay="Trondheim; øst")
    plan = plan_of(case=case, assessment=example_assessment(ruleset=ruleset), settings=PlanSettings(contacts=CONTACTS))
    svg = contact_card(plan, texts_in("nb"))
    assert svg is not None
    assert "<title>Kontaktkort: Hjemmetjenesten 72 54 00 00, Geriatrisk team 72 57 10 20</title>" in svg
    expected = (
        "BEGIN:VCARD", "VERSION:3.0", "N:Oppfølgingsteam;;;;", "FN:Oppfølgingsteam", "ORG:Trondheim\\; øst",
        "item1.TEL:72540000", "item1.X-ABLabel:Hjemmetjenesten",
        "item2.TEL:72571020", "item2.X-ABLabel:Geriatrisk team", "END:VCARD", "",
    )  # fmt: skip
    assert contents == ["\r\n".join(expected)]


def test_without_a_local_number_there_is_no_card() -> None:
    assert contact_card(plan_of(), texts_in("nb")) is None
    nameless = plan_of(settings=PlanSettings(contacts={"home_care": "Ranheim hjemmetjeneste"}))
    assert card_entries(nameless, texts_in("nb")) == ()
    assert 'class="qr"' not in page("patient", "nb", nameless)
    assert 'class="qr"' in page("patient", "nb")
    assert 'class="qr"' in page("municipality", "nb")
    assert 'class="qr"' not in page("clinician", "nb")


def test_the_patients_page_says_the_days_as_they_are_spoken() -> None:
    assert {"torsdag 26", "november"} <= {
        part for s in sentences(page("patient", "nb")) for part in re.split(r"\. ", s)
    }
    assert "3 dager etter at du kom hjem" in page("patient", "nb", plans()["no dates"])
