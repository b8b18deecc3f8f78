"""An Innleggelsesrapport (PLO 1.6) as a case: what is proposed, what stays unknown, what is refused and where."""

import re
import time
from pathlib import Path
from typing import Any

import pytest

from engine.texts import Texts
from tests.unit.intake_documents import Json, read_report, refused_report, report

ROOT = Path(__file__).parents[2]

PERSON = (
    "<Referanseperson><fk1:FamilyName>Hansen</fk1:FamilyName><fk1:GivenName>Ole</fk1:GivenName>{more}</Referanseperson>"
)


def case(body: str = "") -> Json:
    """Return the case of a report."""
    return read_report(report(body)).case


def answers(body: str) -> Any:
    """Return the answers of a report."""
    return case(body).get("answers", {})


def notes(body: str = "", **more: str) -> dict[str, Json]:
    """Return the notes of a report by code."""
    return {note.code: dict(note.values) for note in read_report(report(body, **more)).notes}


def service(code: str = "15", more: str = "", oid: str = "2.16.578.1.12.4.1.1.9151") -> str:
    """Return a service that the person has."""
    kind = f'<IPLOStjenestetype V="{code}" S="{oid}"/>' if code else ""
    return f"<EksisterendeTjeneste>{kind}<PrivatTjeneste>false</PrivatTjeneste>{more}</EksisterendeTjeneste>"


def function(*scores: tuple[str, str], oid: str = "2.16.578.1.12.4.1.1.9111", more: str = "") -> str:
    """Return an assessment of function variables."""
    rows = "".join(
        f'<KartlagtFunksjon><Funksjonsvariabel V="{code}" S="{oid}"/><Vurdering>{score}</Vurdering></KartlagtFunksjon>'
        for code, score in scores
    )
    return f"<InfoKartleggingFunksjonsniva>{more}{rows}</InfoKartleggingFunksjonsniva>"


def medicine(use: str = "1", info: str = "", before: str = "", name: str = "Burinex") -> str:
    """Return a medicine of the report."""
    bruk = f'<epj3:Bruk V="{use}"/>' if use else ""
    return (
        f"<epj3:Legemiddelinfo><epj3:ForenkletForskrivning>{before}<epj3:Forskrivningsinfo><epj3:Navn>{name}</epj3:Navn>"
        f"{info}{bruk}</epj3:Forskrivningsinfo></epj3:ForenkletForskrivning></epj3:Legemiddelinfo>"
    )


def line(*given: str, **more: str) -> Any:
    """Return the one line that the medicine becomes."""
    (found,) = case(medicine(*given, **more))["medicines"]
    return found


def diagnosis(code: str = "I50", oid: str = "2.16.578.1.12.4.1.1.7110", main: str = "true", words: str = "") -> str:
    """Return a diagnosis of the report."""
    coded = f'<Diagnosekode V="{code}" S="{oid}" DN="Hjertesvikt"/>' if code else ""
    return (
        f"<InfoMedisinskDiagnose><MedisinskDiagnose><Hoveddiagnose>{main}</Hoveddiagnose>{coded}{words}"
        "</MedisinskDiagnose></InfoMedisinskDiagnose>"
    )


def test_the_person_is_read_from_the_message_head():
    found = case()
    assert found["patient"] == {"id": "15814512336", "name": "Line Danser", "birth_date": "1945-01-15", "sex": "female"}
    assert "encounter" not in found
    assert "answers" not in found


@pytest.mark.parametrize(("code", "sex"), [("1", "male"), ("2", "female"), ("9", "unknown"), ("0", "unknown")])
def test_the_sex_is_the_codes(code, sex):
    assert read_report(report().replace('<Sex V="2"/>', f'<Sex V="{code}"/>')).case["patient"]["sex"] == sex


def test_a_person_without_a_national_number_has_a_local_id_and_a_note():
    local = report().replace('TypeId V="FNR"', 'TypeId V="HNR"').replace("15814512336", "A-7")
    assert read_report(local).case["patient"]["local_id"] == "A-7"
    assert [note.code for note in read_report(local).notes] == ["input_local_id"]


def test_a_wrong_identity_number_is_refused_by_line_and_not_repeated():
    error = refused_report(report().replace("15814512336", "15814512337"))
    assert error.where.startswith("line ")
    assert error.where.endswith(" Ident")
    assert "15814512337" not in str(error)


def test_each_answer_says_from_which_message_and_is_only_proposed():
    source = case("<TilleggsopplysningPasient><BorAlene>true</BorAlene></TilleggsopplysningPasient>")["sources"][
        "living_alone"
    ]
    assert source == {
        "from": "Innleggelsesrapport",
        "id": "m-1",
        "time": "2026-11-16T15:34:47+01:00",
        "status": "proposed",
    }


@pytest.mark.parametrize(
    ("written", "answer"), [("true", True), ("1", True), ("false", False), ("0", False), ("", None)]
)
def test_living_alone_is_what_the_report_says(written, answer):
    found = answers(f"<TilleggsopplysningPasient><BorAlene>{written}</BorAlene></TilleggsopplysningPasient>")
    assert found.get("living_alone") is answer


def test_living_alone_that_is_neither_yes_nor_no_is_refused_by_line_and_element():
    error = refused_report(
        report("<TilleggsopplysningPasient>\n<BorAlene>kanskje</BorAlene></TilleggsopplysningPasient>")
    )
    assert error.where.endswith(" BorAlene")
    assert "kanskje" not in str(error)


# The message itself


def test_another_message_is_refused_saying_what_this_reads():
    error = refused_report(report(kind="DIALOG_SVAR"))
    assert error.code == "other_message"
    assert error.where.endswith(" Type")
    assert "innleggelsesrapport" in Texts.load("nb", ROOT / "api/texts")(f"refused.{error.code}.remedy")


@pytest.mark.parametrize(
    ("message", "code"),
    [
        ("<MsgHead/>", "not_msghead"),
        ('<Bundle xmlns="http://hl7.org/fhir"/>', "fhir_as_xml"),
        (
            report().replace("Innleggelsesrapport/2012-04-01", "Innleggelsesrapport/2009-06-30"),
            "no_report",
        ),
        (report().replace("<GenDate>2026-11-16T15:34:47</GenDate>", ""), "no_gendate"),
        (report().replace("2026-11-16T15:34:47", "i dag"), "not_a_moment"),
        (report(status="C"), "report_cancelled"),
        (report(status="X"), "report_status_unknown"),
        (report(status=""), "report_status_unknown"),
    ],
)
def test_a_message_that_cannot_be_read_is_refused_with_its_line(message, code):
    error = refused_report(message)
    assert error.code == code
    assert error.where.startswith("line ")


def test_a_message_without_a_patient_is_refused():
    start, end = report().index("<Patient>"), report().index("</Patient>")
    assert refused_report(report()[:start] + report()[end + len("</Patient>") :]).code == "message_without_patient"


def test_two_reports_in_one_message_are_refused():
    document = report()[report().index("<Document>") : report().index("</MsgHead>")]
    assert refused_report(report().replace("</MsgHead>", f"{document}</MsgHead>")).code == "several_reports"


def test_an_element_that_stands_twice_is_refused():
    twice = "<TilleggsopplysningPasient><BorAlene>true</BorAlene><BorAlene>false</BorAlene></TilleggsopplysningPasient>"
    assert refused_report(report(twice)).code == "element_twice"


def test_a_changed_report_and_an_addition_are_notes():
    assert "input_report_changed" in notes(status="M")
    assert "input_report_addition" in notes(status="A")
    assert notes() == {}


# Services


@pytest.mark.parametrize(
    ("code", "member"),
    [
        ("1", "practical_help"),
        ("4", "day_centre"),
        ("5", "meals_on_wheels"),
        ("6", "safety_alarm"),
        ("15", "home_nursing"),
        ("16", "home_rehabilitation"),
        ("17", "day_centre"),
        ("18", "short_term_care"),
        ("20", "short_term_care"),
        ("21", "care_home"),
        ("9", "other"),
    ],
)
def test_a_service_is_a_partial_answer_the_rest_unknown(code, member):
    assert answers(service(code)) == {"municipal_services": {member: True}}


def test_a_service_of_ours_called_other_is_named_in_a_note():
    assert notes(service("9"))["input_service_other"] == {"service": "Støttekontakt"}


@pytest.mark.parametrize("unknown", [service("99"), service(""), service("15", oid="2.16.578.1.12.4.1.1.1")])
def test_a_service_type_we_do_not_know_is_another_service_with_a_note(unknown):
    assert answers(unknown) == {"municipal_services": {"other": True}}
    assert "input_service_unknown" in notes(unknown)


@pytest.mark.parametrize(
    ("dates", "current"),
    [
        ("<Startdato>2018-01-06</Startdato>", True),
        ("<Sluttdato>2026-11-15</Sluttdato>", False),
        ("<Sluttdato>2026-11-16</Sluttdato>", True),
        ("<Startdato>2026-11-17</Startdato>", False),
        ("<Startdato>2026-11-16+01:00</Startdato>", True),
    ],
)
def test_a_service_counts_only_while_it_lasts_on_the_day_of_the_message(dates, current):
    assert bool(answers(service("15", dates))) is current
    assert ("input_services_not_current" in notes(service("15", dates))) is not current


def test_a_private_service_is_no_municipal_one():
    private = service("1").replace("false", "true")
    assert answers(private) == {}
    assert notes(private)["input_services_private"] == {"count": 1}


def test_ten_thousand_private_services_take_no_longer_than_their_number():
    began = time.process_time()
    assert notes(service("1").replace("false", "true") * 10_000)["input_services_private"] == {"count": 10_000}
    assert time.process_time() - began < 2


def test_a_service_date_that_is_no_date_is_refused_by_line():
    assert refused_report(report(service("15", "<Sluttdato>snart</Sluttdato>"))).where.endswith(" Sluttdato")


def test_multidose_is_a_service_only_where_the_report_says_so():
    inside = '<epj3:InngaarIMultidose V="2"/>'
    assert answers(medicine(before=inside)) == {"municipal_services": {"multidose": True}}
    assert answers(medicine(before=inside.replace("2", "1"))) == {}


# Function


@pytest.mark.parametrize(
    ("code", "item", "member"),
    [
        ("8", "badl_help", "dress"),
        ("7", "badl_help", "bathe"),
        ("10", "badl_help", "eat"),
        ("5", "badl_help", "walk"),
        ("2", "iadl_help", "shopping"),
        ("9", "iadl_help", "meals"),
        ("6", "iadl_help", "housework"),
    ],
)
@pytest.mark.parametrize(("score", "help_needed"), [("1", False), ("2", False), ("3", True), ("4", True), ("5", True)])
def test_a_score_of_3_to_5_is_help_from_another_and_1_or_2_is_not(code, item, member, score, help_needed):
    assert answers(function((code, score))) == {item: {member: help_needed}}


@pytest.mark.parametrize("code", ["1", "3", "4", "11", "12", "13", "14", "15", "16", "17", "99"])
def test_a_variable_that_no_item_asks_is_counted_and_not_used(code):
    assert answers(function((code, "5"))) == {}
    assert notes(function((code, "5")))["input_function_not_used"] == {"count": 1}


def test_not_relevant_is_unknown_and_so_is_a_missing_score():
    assert answers(function(("8", "9"))) == {}
    assert answers(function(("8", ""))) == {}
    assert answers(function(("8", "5"), oid="1.2")) == {}


@pytest.mark.parametrize("score", ["0", "6", "7", "tre", "3.0"])
def test_a_score_off_the_scale_is_refused_by_line_and_element(score):
    error = refused_report(report(function(("8", score))))
    assert error.where.endswith(" Vurdering")


def test_scores_that_disagree_are_unknown_with_a_note():
    assert answers(function(("8", "1"), ("8", "5"))) == {}
    assert notes(function(("8", "1"), ("8", "5")))["input_function_conflict"] == {"count": 1}


@pytest.mark.parametrize(("said", "expected"), [("true", {"iadl_help": {"medication": True}}), ("false", {})])
def test_help_with_medicines_is_true_or_unknown_and_never_no(said, expected):
    found = answers(
        "<Sykepleierdokumentasjon><InfoFraSykepleier><OpplysningerRelevantOppfolging>"
        f"<HjelpLegemiddeladm>{said}</HjelpLegemiddeladm>"
        "</OpplysningerRelevantOppfolging></InfoFraSykepleier></Sykepleierdokumentasjon>"
    )
    assert found == expected


def test_words_on_function_are_proposed_as_function_before():
    words = (
        "<SamletVurderingFunksjonsniva><VurderingPleietyngde>Lett</VurderingPleietyngde>"
        "<Merknad>Går med\n   rullator.</Merknad></SamletVurderingFunksjonsniva>"
    )
    assert answers(function(more=words)) == {"function_before": "Lett\nGår med\nrullator."}


# Diagnoses


@pytest.mark.parametrize(
    ("code", "oid", "expected"),
    [
        ("I50", "2.16.578.1.12.4.1.1.7110", ("I50", "icd-10")),
        ("G30.1†", "2.16.578.1.12.4.1.1.7110", ("G30.1", "icd-10")),
        ("K77", "2.16.578.1.12.4.1.1.7170", ("K77", "icpc-2")),
        ("X", "1.2.3", ("X", "1.2.3")),
        ("X", "", ("X", "unknown")),
    ],
)
def test_a_diagnosis_is_read_in_its_system(code, oid, expected):
    (row,) = case(diagnosis(code, oid))["conditions"]
    assert (row["code"], row["system"], row["main"]) == (*expected, True)
    assert ("input_diagnoses_other_system" in notes(diagnosis(code, oid))) is (expected[1] not in {"icd-10", "icpc-2"})


def test_a_diagnosis_in_words_is_kept_as_not_coded():
    (row,) = case(diagnosis("", main="false", words="<DiagnoseBeskrivelse>hjertesvikt</DiagnoseBeskrivelse>"))[
        "conditions"
    ]
    assert row == {"code": "hjertesvikt", "system": "text"}


def test_several_main_diagnoses_are_none_and_a_note():
    both = diagnosis("I50") + diagnosis("I10")
    assert not any("main" in row for row in case(both)["conditions"])
    assert "input_main_diagnosis_unclear" in notes(both)


def test_no_diagnosis_and_no_medicine_are_unknown():
    assert not {"conditions", "medicines"} & set(case())


# Medicines


def test_fast_is_regular_and_ved_behov_as_needed():
    assert line("1")["use"] == "regular"
    assert line("3")["use"] == "as_needed"


def test_a_course_is_regular_until_its_last_day_and_unknown_without_one():
    dates = '<epj3:DoseringStarttidspunkt V="2026-11-10"/><epj3:DoseringSluttidspunkt V="2026-11-17T08:00:00"/>'
    assert line("2", dates) == {"name": "Burinex", "use": "regular", "from": "2026-11-10", "to": "2026-11-17"}
    assert "use" not in line("2")
    assert notes(medicine("2"))["input_medicines_course_without_end"] == {"count": 1}


@pytest.mark.parametrize("use", ["", "9"])
def test_a_use_that_is_not_said_or_not_known_is_unknown_with_a_note(use):
    assert "use" not in line(use)
    assert notes(medicine(use))["input_medicines_use_unknown"] == {"count": 1}


def test_the_name_has_its_generic_name_and_atc():
    info = '<epj3:GeneriskNavn>bumetanid</epj3:GeneriskNavn><epj3:Atc V="C03CA02"/>'
    assert line("1", info) == {"name": "Burinex (bumetanid)", "atc": "C03CA02", "use": "regular"}


def test_partial_times_reach_from_the_first_day_to_the_last():
    dates = '<epj3:DoseringStarttidspunkt V="2026-02"/><epj3:DoseringSluttidspunkt V="2026"/>'
    found = line("1", dates)
    assert (found["from"], found["to"]) == ("2026-02-01", "2026-12-31")
    assert notes(medicine("1", dates))["input_medicines_dates_inexact"] == {"count": 1}


def test_a_medicine_that_was_stopped_is_left_out_and_counted():
    stopped = medicine(before='<epj3:StatusTilForskrivningen V="2"/>')
    assert "medicines" not in case(stopped)
    assert notes(stopped) == {"input_medicines_not_current": {"count": 1}, "input_no_medicine_in_use": {}}


def test_a_medicine_without_a_name_still_counts():
    assert line(name="")["name"]
    assert notes(medicine(name=""))["input_medicines_without_name"] == {"count": 1}


def test_the_strength_and_the_dosage_in_words_are_no_daily_dose():
    info = '<epj3:DosVeiledEnkel>2 tabl kl 08</epj3:DosVeiledEnkel><epj3:Styrke V="1" U="mg"/>'
    assert not {"dose", "unit", "doses_per_day"} & set(line("1", info))
    assert notes(medicine("1", info))["input_medicines_dosage"] == {"count": 1}
    assert "input_medicines_dosage" not in notes(medicine("1"))


def test_a_medicine_that_ends_before_it_begins_is_kept_without_days_and_with_a_note():
    dates = '<epj3:DoseringStarttidspunkt V="2026-11-10"/><epj3:DoseringSluttidspunkt V="2026-11-01"/>'
    assert line("1", dates) == {"name": "Burinex", "use": "regular"}
    assert notes(medicine("1", dates))["input_medicines_dates_reversed"] == {"count": 1}


# What is long or odd


def test_a_text_longer_than_a_case_holds_is_shortened_and_said():
    remark = f"<Merknad>{'y' * 20_001}</Merknad>"
    kin = f"<ParorendeForesatt><Slektskap V='1' DN='Datter'/>{remark}</ParorendeForesatt>"
    found = case(kin)["answers"]["next_of_kin"]
    assert (len(found), found[-1]) == (20_000, "…")
    assert notes(kin)["input_text_shortened"] == {"count": 20_000}
    assert "input_text_shortened" not in notes(kin.replace("y" * 20_001, "y" * 19_000))


def test_signs_that_cannot_be_shown_are_counted_and_the_rest_is_read():
    words = "<SamletVurderingFunksjonsniva><Merknad>Går\u202e ute\x7f</Merknad></SamletVurderingFunksjonsniva>"
    body = f"<InfoKartleggingFunksjonsniva>{words}</InfoKartleggingFunksjonsniva>"
    assert case(body)["answers"]["function_before"] == "Går\ufffd ute\ufffd"
    assert notes(body)["input_characters_replaced"] == {"count": 2}


def test_elements_of_no_standard_are_counted():
    assert notes('<z:junk xmlns:z="urn:z"><z:more/></z:junk>')["input_elements_foreign"] == {"count": 2}
    assert "input_elements_foreign" not in notes(service())


def test_a_name_of_signs_that_cannot_be_seen_is_none():
    assert line(name="\u200b")["name"] == "legemiddel uten navn i kilden"


def test_a_code_that_is_not_of_its_system_is_refused_by_line_and_element():
    error = refused_report(report(diagnosis("HJERTE")))
    assert error.code == "code_not_of_system"
    assert re.fullmatch(r"line \d+ MedisinskDiagnose", error.where)


def test_more_notes_than_a_case_holds_are_counted():
    found = read_report(report(service("9") * 600)).notes
    assert len(found) == 401
    assert (found[-1].code, found[-1].values) == ("input_more_notes", {"count": 200})


# People and words


def test_the_next_of_kin_is_who_what_relation_telephone_and_remark():
    phones = "".join(f'<fk1:TeleCom><fk1:TeleAddress V="{v}"/></fk1:TeleCom>' for v in ("tel:51519000", "mailto:x"))
    person = f'<Slektskap V="SO" DN="Sønn"/>{PERSON.format(more=phones)}<Merknad>I utlandet.</Merknad>'
    relative = f"<ParorendeForesatt>{person}</ParorendeForesatt>"
    assert answers(relative)["next_of_kin"] == "Ole Hansen (sønn), 51519000, I utlandet."


@pytest.mark.parametrize(("role", "gp"), [("6", "Kari Berg"), ("9", None)])
def test_the_gp_is_the_contact_with_that_role(role, gp):
    contact = (
        f'<KontaktpersonHelsepersonell><Kontaktperson><fk1:RoleToPatient V="{role}"/>'
        "<fk1:FamilyName>Berg</fk1:FamilyName><fk1:GivenName>Kari</fk1:GivenName>"
        "</Kontaktperson></KontaktpersonHelsepersonell>"
    )
    assert answers(contact).get("gp") == gp


def test_an_interpreter_is_needed_only_where_the_report_says_so_of_the_patient():
    need = (
        "<InfoAssistertKommunikasjon><AssistertKommunikasjon>{}"
        '<BehovTolkSprak V="so" DN="Somali"/></AssistertKommunikasjon></InfoAssistertKommunikasjon>'
    )
    assert answers(need.format("")) == {"interpreter": "Somali"}
    assert answers(need.format("<PersonTolkebehov/>")) == {}
    assert answers('<TilleggsopplysningPasient><Sprak V="so"/></TilleggsopplysningPasient>') == {}


def test_words_that_are_not_answers_are_counted_for_a_person_to_read():
    body = (
        "<MedisinskfagligeOpplysninger><epj1:Cave/><epj2:GenereltJournalnotat><epj2:Journaltekst>"
        "<epj2:Notat>Falt i går.</epj2:Notat></epj2:Journaltekst></epj2:GenereltJournalnotat>"
        "</MedisinskfagligeOpplysninger>"
    )
    assert notes(body) == {"input_report_words": {"count": 1}, "input_report_allergies": {"count": 1}}
    assert "Falt" not in str(case(body))
