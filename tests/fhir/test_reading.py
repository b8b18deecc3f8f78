"""Reads and searches: one patient at a time, a page at a time, logged, and never by a number in an address."""

from __future__ import annotations

from typing import Any

import pytest
from fastapi.testclient import TestClient

from api.cds.services import services
from api.fhir.searching import NARROWS
from api.fhir.told import OF_PATIENT
from tests.fhir.checks import faults
from tests.v1.issuer import bearer
from tests.v1.people import ADMINISTRATOR, DOCTOR, NURSE, OTHER_NURSE, SYSTEM, Patient, case, number, with_answers

NOBODY = "f" * 32
READER = bearer("reader", "ward:STO/GER2")


@pytest.fixture(scope="module")
def patient(client: TestClient) -> Patient:
    """A patient with a plan."""
    return Patient.screened(client, 1).with_plan("P1")


def found(client: TestClient, kind: str, patient: Patient, who: dict[str, str] = DOCTOR, **asked: Any) -> Any:
    """Return the resources that a search finds."""
    about = {"_id": patient.id} if kind == "Patient" else {"patient": patient.id}
    answer = client.get(f"/fhir/{kind}", params=about | asked, headers=who)
    assert answer.status_code == 200, answer.text
    assert faults(answer.json()) == []
    return [each["resource"] for each in answer.json().get("entry", ()) if each["search"]["mode"] == "match"]


def code_of(answer: Any) -> str:
    """Return our code of what was refused, in an OperationOutcome that is valid."""
    assert answer.headers["content-type"] == "application/fhir+json", answer.text
    assert faults(answer.json()) == []
    return str(answer.json()["issue"][0]["details"]["coding"][0]["code"])


def address(client: TestClient) -> str:
    """Return where the server says that it is."""
    return str(client.get("/fhir/metadata").json()["implementation"]["url"])


@pytest.mark.parametrize("kind", OF_PATIENT)
def test_what_a_search_finds_can_be_read_where_it_says(client: TestClient, patient: Patient, kind: str):
    resources = found(client, kind, patient)
    assert resources
    for each in resources:
        answer = client.get(f"/fhir/{kind}/{each['id']}", headers=DOCTOR)
        assert answer.json() == each
        assert answer.headers["etag"] == f'W/"{each["meta"]["versionId"]}"'


@pytest.mark.parametrize("kind", OF_PATIENT)
def test_another_units_resource_is_answered_as_one_that_does_not_exist(client: TestClient, patient: Patient, kind: str):
    there = found(client, kind, patient)[0]["id"]
    answers = [client.get(f"/fhir/{kind}/{id}", headers=OTHER_NURSE) for id in (there, NOBODY)]
    assert [each.status_code for each in answers] == [404, 404]
    assert answers[0].content == answers[1].content
    searches = [client.get(f"/fhir/{kind}?_id={id}", headers=OTHER_NURSE).text for id in (there, NOBODY)]
    assert searches[0].replace(there, "") == searches[1].replace(NOBODY, "")


@pytest.mark.parametrize("kind", OF_PATIENT)
def test_each_read_and_each_search_is_a_line_in_the_log(client: TestClient, kind: str):
    patient = Patient.screened(client, 2)
    lines = len(found(client, "AuditEvent", patient, ADMINISTRATOR, _count=200))
    id = next(iter(found(client, kind, patient)), {"id": patient.id})["id"]
    client.get(f"/fhir/{kind}/{id}", headers=DOCTOR)
    reads = [each["action"] for each in found(client, "AuditEvent", patient, ADMINISTRATOR, _count=200)][lines:]
    assert reads.count("R") >= 2


@pytest.mark.parametrize("name", ["identifier", "patient.identifier", "patient:identifier", "subject.identifier"])
@pytest.mark.parametrize("kind", [*OF_PATIENT, "AuditEvent"])
def test_a_number_in_an_address_is_refused_with_the_way_to_do_it(client: TestClient, kind: str, name: str):
    who = ADMINISTRATOR if kind == "AuditEvent" else DOCTOR
    for method, path in (("GET", f"/fhir/{kind}"), ("GET", f"/fhir/{kind}?_id={NOBODY}")):
        joined = "&" if "?" in path else "?"
        answer = client.request(method, f"{path}{joined}{name}={number(1)}", headers=who)
        assert answer.status_code == 400
        assert code_of(answer) == "identity_in_address"
        assert number(1) not in answer.text
        assert "POST" in answer.text


@pytest.mark.parametrize("name", ["patient", "_id", "subject", "code", "whatever"])
def test_a_number_under_another_name_is_refused_too(client: TestClient, name: str):
    for value in (number(1), f"Patient/{number(1)}", f"urn:x|{number(1)}"):
        answer = client.get("/fhir/Observation", params={name: value}, headers=DOCTOR)
        assert code_of(answer) == "identity_in_address"
        posted = client.post("/fhir/Observation/_search", data={name: value}, headers=DOCTOR)
        assert posted.status_code == 400
        assert number(1) not in answer.text + posted.text


@pytest.mark.parametrize("kind", [kind for kind in OF_PATIENT if kind != "Patient"])
def test_a_number_in_a_posted_search_finds_the_patient_and_stands_in_no_link(
    client: TestClient, patient: Patient, kind: str
):
    asked = {"patient.identifier": f"urn:oid:2.16.578.1.12.4.1.4.1|{number(1)}", "_count": "1"}
    answer = client.post(f"/fhir/{kind}/_search", data=asked, headers=DOCTOR)
    assert answer.status_code == 200, answer.text
    assert answer.json()["total"] >= 1
    for link in answer.json()["link"]:
        assert number(1) not in link["url"]
        assert patient.id in link["url"]


def test_a_number_of_someone_elsewhere_and_of_nobody_find_the_same(client: TestClient, patient: Patient):
    answers = [
        client.post("/fhir/Patient/_search", data={"identifier": each}, headers=OTHER_NURSE)
        for each in (number(1), number(900))
    ]
    assert answers[0].json() == answers[1].json()
    assert answers[0].json()["total"] == 0


@pytest.mark.parametrize(
    ("value", "code"),
    [
        ("123", "identity_not_eleven_digits"),
        ("15814512337", "identity_check_digits"),
        (f"urn:oid:2.16.578.1.12.4.1.4.2|{number(1)}", "identity_of_another_kind"),
    ],
)
def test_a_number_that_is_none_is_refused_without_repeating_it(client: TestClient, value: str, code: str):
    answer = client.post("/fhir/Patient/_search", data={"identifier": value}, headers=DOCTOR)
    assert (answer.status_code, code_of(answer)) == (422, code)
    assert value not in answer.text


@pytest.mark.parametrize(
    ("kind", "asked", "count"),
    [
        ("Observation", {"code": "http://snomed.info/sct|763264000"}, 1),
        ("Observation", {"code": "763264000"}, 1),
        ("Observation", {"code": "1,763264000"}, 1),
        ("Observation", {"code": "http://loinc.org|763264000"}, 0),
        ("Observation", {"code": "|763264000"}, 0),
        ("Observation", {"status": "final"}, 1),
        ("Observation", {"status": "cancelled"}, 0),
        ("Observation", {"subject": "Patient/{patient}"}, 1),
        ("Observation", {"_lastUpdated": "ge2020-01-01"}, 1),
        ("Observation", {"_lastUpdated": "lt2020-01-01"}, 0),
        ("Observation", {"_lastUpdated": "2020"}, 0),
        ("Task", {"code": "urn:retthjem:step|HPH2"}, 1),
        ("Task", {"status": "completed", "code": "HPH2"}, 0),
        ("Composition", {"type": "urn:oid:2.16.578.1.12.4.1.1.9602|A03-2"}, 1),
        ("QuestionnaireResponse", {"questionnaire": "urn:retthjem:questionnaire:screening"}, 1),
        ("CarePlan", {"status": "active,on-hold"}, 1),
        ("CarePlan", {"intent": "proposal"}, 0),
    ],
)
def test_a_search_narrows_to_what_is_asked_for(
    client: TestClient, patient: Patient, kind: str, asked: dict[str, str], count: int
):
    said: dict[str, Any] = {name: value.format(patient=patient.id) for name, value in asked.items()}
    assert len(found(client, kind, patient, **said)) == count


def test_tasks_are_found_by_their_plan_and_where_a_change_came_from_by_what_it_changed(
    client: TestClient, patient: Patient
):
    plan = found(client, "CarePlan", patient)[0]
    based_on: dict[str, Any] = {"based-on": f"CarePlan/{plan['id']}"}
    tasks = found(client, "Task", patient, **based_on)
    activities = {each["reference"]["reference"] for each in plan["activity"] if "reference" in each}
    assert {f"Task/{each['id']}" for each in tasks} == activities
    came = found(client, "Provenance", patient, target=f"CarePlan/{plan['id']}")
    assert [each["activity"]["coding"][0]["code"] for each in came] == ["plan_started"]


def test_a_step_that_is_done_is_a_completed_task_with_its_last_moment(client: TestClient):
    patient = Patient.screened(client, 3).with_plan("P3")
    (step,) = found(client, "Task", patient, code="municipal_notice")
    assert (step["status"], step["owner"]["display"]) == ("requested", "Sykepleier, sengepost")
    assert step["restriction"]["period"]["end"] == "2026-11-17T13:10:00.000000Z"
    course = client.get(patient.path, headers=DOCTOR).json()["plans"][0]["stay"]
    patient.tell(NURSE, kind="step_done", course=course, step="municipal_notice", at="2026-11-17T09:00:00+01:00")
    (step,) = found(client, "Task", patient, code="municipal_notice")
    assert (step["status"], step["executionPeriod"]["end"]) == ("completed", "2026-11-17T08:00:00.000000Z")


def test_a_proposal_tells_whether_it_was_accepted(client: TestClient):
    patient = Patient.screened(client, 4)
    assert [each["status"] for each in found(client, "ServiceRequest", patient)] == ["draft"]
    patient.tell(DOCTOR, kind="decided", assessment=patient.assessment, rule="cga_team", verdict="accepted")
    assert [each["status"] for each in found(client, "ServiceRequest", patient)] == ["active"]


def test_pages_lead_to_each_other_and_hold_everything_once(client: TestClient, patient: Patient):
    every = [each["id"] for each in found(client, "Task", patient)]
    address: str | None = f"/fhir/Task?patient={patient.id}&_count=4"
    seen: list[str] = []
    while address:
        page = client.get(address, headers=DOCTOR).json()
        assert page["total"] == len(every)
        seen += [each["resource"]["id"] for each in page["entry"]]
        address = next((each["url"] for each in page["link"] if each["relation"] == "next"), None)
    assert seen == every
    assert len(every) > 8


def test_the_newest_level_is_had_as_our_own_prefetch_asks_for_it(client: TestClient):
    patient = Patient.screened(client, 71)
    for level in (4, 7):
        corrected = with_answers(71, cfs_clinician=level)
        assert client.post("/api/v1/screenings", json=corrected, headers=DOCTOR).status_code == 201
    (template,) = {each.prefetch["cfs"] for each in services().values() if "cfs" in each.prefetch}
    query = template.replace("{{context.patientId}}", patient.id)
    every = client.get(f"/fhir/Observation?patient={patient.id}&_sort=-date", headers=DOCTOR).json()
    newest = client.get(f"/fhir/{query}", headers=DOCTOR).json()
    assert newest["entry"] == every["entry"][:1]
    assert newest["entry"][0]["resource"]["valueQuantity"]["value"] == 7
    (onward,) = (each["url"] for each in newest["link"] if each["relation"] == "next")
    assert client.get(onward, headers=DOCTOR).json()["entry"] == every["entry"][1:2]
    times = [each["resource"]["effectiveDateTime"] for each in every["entry"]]
    assert times == sorted(times, reverse=True)


@pytest.mark.parametrize(
    ("sort", "status"),
    [("_lastUpdated,-_id", 200), ("-_id", 200), ("date", 400), ("code", 400), ("", 400), ("--_id", 400), ("_id,", 400)],
)
def test_what_can_be_sorted_by_is_times_and_ids(client: TestClient, patient: Patient, sort: str, status: int):
    answer = client.get("/fhir/Task", params={"patient": patient.id, "_sort": sort}, headers=DOCTOR)
    assert answer.status_code == status
    if sort == "-_id":
        ids = [each["resource"]["id"] for each in answer.json()["entry"]]
        assert ids == sorted(ids, reverse=True)


def test_a_count_of_nothing_gives_the_total_alone(client: TestClient, patient: Patient):
    page = client.get(f"/fhir/Task?patient={patient.id}&_count=0", headers=DOCTOR).json()
    assert page["total"] > 0
    assert "entry" not in page


def test_who_has_the_newest_version_is_sent_nothing(client: TestClient):
    patient = Patient.screened(client, 5)
    address = f"/fhir/Patient/{patient.id}"
    etag = client.get(address, headers=DOCTOR).headers["etag"]
    again = client.get(address, headers=DOCTOR | {"If-None-Match": f'"x", {etag}'})
    assert (again.status_code, again.content) == (304, b"")
    patient.tell(SYSTEM, kind="practice_set", practice="Torget")
    newer = client.get(address, headers=DOCTOR | {"If-None-Match": etag})
    assert newer.status_code == 200
    assert newer.headers["etag"] != etag


def test_who_asks_in_another_language_is_sent_it_although_the_version_is_the_same(client: TestClient, patient: Patient):
    address = f"/fhir/RiskAssessment/{patient.screening}"
    tags = {}
    for language in ("nb", "nn", "en"):
        asked = DOCTOR | {"Accept-Language": language}
        answer = client.get(address, headers=asked)
        tags[language] = answer.headers["etag"]
        assert answer.headers["vary"] == "Accept, Accept-Language"
        assert client.get(address, headers=asked | {"If-None-Match": tags[language]}).status_code == 304
        others = ", ".join(tag for each, tag in tags.items() if each != language) or '"x"'
        assert client.get(address, headers=asked | {"If-None-Match": others}).status_code == 200
    assert tags["nb"] == f'W/"{client.get(address, headers=DOCTOR).json()["meta"]["versionId"]}"'


def test_a_correction_is_a_newer_version_of_the_same_resources(client: TestClient):
    patient = Patient.screened(client, 6)
    address = f"/api/v1/screenings/{patient.screening}"
    etag = client.get(address, headers=DOCTOR).headers["etag"]
    corrected = with_answers(6, cfs_clinician=5)
    assert client.put(address, json=corrected, headers=DOCTOR | {"If-Match": etag}).status_code == 200
    (level,) = found(client, "Observation", patient)
    assert (level["id"], level["meta"]["versionId"]) == (patient.screening, "2")
    assert (level["valueQuantity"]["value"], level["status"]) == (5, "corrected")
    assert found(client, "QuestionnaireResponse", patient)[0]["status"] == "amended"


def test_what_was_undone_or_retracted_is_nowhere(client: TestClient):
    patient = Patient.screened(client, 7)
    patient.post(DOCTOR, kind="retracted", of="screening", id=patient.screening, reason="Feil pasient")
    for kind in ("Observation", "RiskAssessment", "QuestionnaireResponse"):
        assert client.get(f"/fhir/{kind}/{patient.screening}", headers=DOCTOR).status_code == 404
    assert patient.screening not in client.get(f"/fhir/Provenance?patient={patient.id}", headers=DOCTOR).text


def test_a_protected_address_is_in_no_resource(client: TestClient):
    patient = Patient.screened(client, 8).with_plan("P8")
    patient.tell(SYSTEM, kind="address_protected", protected=True)
    for kind in OF_PATIENT:
        text = str(found(client, kind, patient))
        assert "5001" not in text
        assert "Ola Pårørende" not in text


def test_nothing_is_printed_of_the_dead(client: TestClient):
    patient = Patient.screened(client, 9).with_plan("P9")
    assert len(found(client, "Composition", patient)) == 1
    patient.tell(DOCTOR, kind="died", on="2026-11-20")
    assert found(client, "Composition", patient) == []
    assert found(client, "Patient", patient)[0]["deceasedDateTime"] == "2026-11-20"


def test_a_level_that_nobody_judged_is_no_observation(client: TestClient):
    sent = case(10)
    sent["answers"].pop("cfs_clinician")
    person = client.post("/api/v1/screenings", json=sent, headers=NURSE).json()["screening"]["patient"]
    assert client.get(f"/fhir/Observation?patient={person}", headers=NURSE).json()["total"] == 0
    assert client.get(f"/fhir/RiskAssessment?patient={person}", headers=NURSE).json()["total"] == 1


@pytest.mark.parametrize("kind", [*OF_PATIENT, "AuditEvent"])
def test_a_search_that_names_nobody_says_so(client: TestClient, kind: str):
    who = ADMINISTRATOR if kind == "AuditEvent" else DOCTOR
    answer = client.get(f"/fhir/{kind}", headers=who)
    assert (answer.status_code, code_of(answer)) == (400, "search_without_patient")


@pytest.mark.parametrize(
    ("asked", "code"),
    [
        ("given=Kari", "search_parameter_unknown"),
        ("code:not=1", "search_parameter_unknown"),
        ("_include=*", "search_parameter_unknown"),
        ("_count=x", "search_value_wrong"),
        ("_count=-1", "search_value_wrong"),
        ("code=", "search_value_wrong"),
        ("_lastUpdated=yesterday", "search_value_wrong"),
        ("_lastUpdated=2026-13", "search_value_wrong"),
        (f"subject={NOBODY}", "one_patient_at_a_time"),
        ("_cursor=nowhere", "cursor_unreadable"),
        ("subject=https://other.example/fhir/Patient/1", "search_value_wrong"),
        ("subject=Practitioner/1", "search_value_wrong"),
        ("subject=urn:uuid:1", "search_value_wrong"),
    ],
)
def test_what_a_search_cannot_do_is_refused(client: TestClient, patient: Patient, asked: str, code: str):
    answer = client.get(f"/fhir/Observation?patient={patient.id}&{asked}", headers=DOCTOR)
    assert 400 <= answer.status_code < 500
    assert code_of(answer) == code


def test_a_patient_may_be_named_by_the_address_on_this_server(client: TestClient, patient: Patient):
    plain, base = found(client, "RiskAssessment", patient), address(client)
    for named in (f"Patient/{patient.id}", f"{base}/Patient/{patient.id}"):
        for name in ("patient", "subject"):
            answer = client.get("/fhir/RiskAssessment", params={name: named}, headers=DOCTOR)
            assert [each["resource"] for each in answer.json()["entry"]] == plain
    plan = found(client, "CarePlan", patient)[0]["id"]
    near, far = (
        client.get("/fhir/Task", params={"patient": patient.id, "based-on": f"{at}CarePlan/{plan}"}, headers=DOCTOR)
        for at in ("", f"{base}/")
    )
    assert near.json()["total"] == far.json()["total"] > 0


@pytest.mark.parametrize("kind", ["Observation", "RiskAssessment", "AuditEvent"])
def test_a_search_that_contradicts_itself_about_the_patient_finds_nobody(
    client: TestClient, patient: Patient, kind: str
):
    other = Patient.screened(client, 61)
    who = ADMINISTRATOR if kind == "AuditEvent" else DOCTOR
    for named, right in ((other.id, False), ("0" * 32, False), (patient.id, True)):
        asked = {"patient.identifier": number(1), "patient": named}
        answer = client.post(f"/fhir/{kind}/_search", data=asked, headers=who)
        assert answer.status_code == 200, answer.text
        assert (answer.json()["total"] > 0) is right


@pytest.mark.parametrize("name", ["identifier", "patient.identifier", "given"])
def test_a_number_in_the_address_of_a_posted_search_is_refused_too(client: TestClient, patient: Patient, name: str):
    for body in ({}, {"identifier": number(1)}):
        for kind, who in (("Patient", DOCTOR), ("AuditEvent", ADMINISTRATOR), ("Questionnaire", {})):
            answer = client.post(f"/fhir/{kind}/_search?{name}={number(1)}", data=body, headers=who)
            assert (answer.status_code, code_of(answer)) == (400, "identity_in_address")


def test_a_form_that_cannot_be_read_as_a_search_is_a_bad_request(client: TestClient, patient: Patient):
    form = DOCTOR | {"Content-Type": "application/x-www-form-urlencoded"}
    for body in (b"patient=%ff", b"a=1&" * 60, b"\xff"):
        answer = client.post("/fhir/Observation/_search", content=body, headers=form)
        assert (answer.status_code, code_of(answer)) == (400, "bad_request")
    asked = f"patient={patient.id}&".encode()
    assert client.post("/fhir/Observation/_search", content=asked, headers=form).status_code == 200
    xml = client.post("/fhir/Observation/_search", content=asked + b"_format=xml", headers=form)
    assert (xml.status_code, code_of(xml)) == (406, "format_unknown")
    assert client.post("/fhir/Observation/_search", content=b"{}", headers=DOCTOR).status_code == 415


def test_the_version_that_stands_can_be_read_and_no_other(client: TestClient, patient: Patient):
    for kind in OF_PATIENT:
        each = found(client, kind, patient)[0]
        place = f"/fhir/{kind}/{each['id']}/_history"
        assert client.get(f"{place}/{each['meta']['versionId']}", headers=DOCTOR).json() == each
        assert client.get(f"{place}/999999", headers=DOCTOR).status_code == 404
        assert client.get(f"{place}/{each['meta']['versionId']}", headers=OTHER_NURSE).status_code == 404


def test_who_asks_for_lenience_is_told_what_was_passed_over(client: TestClient, patient: Patient):
    lenient = DOCTOR | {"Prefer": "handling=lenient"}
    answer = client.get(f"/fhir/Observation?patient={patient.id}&given=Kari", headers=lenient)
    assert answer.status_code == 200
    assert faults(answer.json()) == []
    modes = [each["search"]["mode"] for each in answer.json()["entry"]]
    assert modes == ["match", "outcome"]
    assert "given" not in answer.text
    number_still = client.get(f"/fhir/Observation?patient={patient.id}&identifier={number(1)}", headers=lenient)
    assert code_of(number_still) == "identity_in_address"


@pytest.mark.parametrize("kind", ["Encounter", "patient", "Bundle", "metadata2", "%00"])
def test_a_type_that_is_not_here_says_so(client: TestClient, kind: str):
    answer = client.get(f"/fhir/{kind}?patient={NOBODY}", headers=DOCTOR)
    assert answer.status_code == 404


@pytest.mark.parametrize(
    ("accept", "wanted", "status"),
    [
        ("*/*", None, 200),
        ("application/fhir+json", None, 200),
        ("application/json;q=0.5, text/html", None, 200),
        ("application/fhir+json; fhirVersion=4.0", None, 200),
        ("application/fhir+xml", None, 406),
        ("application/json;q=0", None, 406),
        ("application/fhir+xml", "json", 200),
        ("*/*", "application/fhir+json", 200),
        ('application/fhir+json; charset=utf-8; fhirVersion="4.0"', None, 200),
        ("application/fhir+json; fhirVersion=5.0", None, 406),
        ("application/fhir+json; fhirVersion=5.0, application/json", None, 200),
        ("*/*", "application/fhir+json; fhirVersion=3.0", 406),
        ("*/*", "xml", 406),
        ("*/*", "text/turtle", 406),
    ],
)
def test_json_is_the_only_format(client: TestClient, accept: str, wanted: str | None, status: int):
    asked = {"_format": wanted} if wanted else {}
    answer = client.get("/fhir/metadata", params=asked, headers={"Accept": accept})
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/fhir+json"


def test_the_headers_of_an_answer_are_had_alone(client: TestClient, patient: Patient):
    for path in (f"/fhir/Patient/{patient.id}", "/fhir/metadata", "/cds-services", "/signin"):
        headers = DOCTOR if patient.id in path else {}
        whole, alone = client.get(path, headers=headers), client.head(path, headers=headers)
        assert (alone.status_code, alone.content) == (whole.status_code, b"")
        told = {"content-type", "content-length", "etag", "content-language"} & set(whole.headers)
        assert {each: alone.headers[each] for each in told} == {each: whole.headers[each] for each in told}
    assert client.head("/fhir/$screen", headers=DOCTOR).status_code == 404


def test_the_language_is_the_callers(client: TestClient, patient: Patient):
    for language, tag in (("nb", "nb-NO"), ("nn", "nn-NO"), ("en", "en")):
        answer = client.get(f"/fhir/CarePlan?patient={patient.id}", headers=DOCTOR | {"Accept-Language": language})
        assert answer.json()["entry"][0]["resource"]["language"] == tag


def test_the_server_says_what_it_has_and_has_what_it_says(client: TestClient, patient: Patient):
    said = client.get("/fhir/metadata").json()
    assert faults(said) == []
    (rest,) = said["rest"]
    assert {each["type"] for each in rest["resource"]} == set(NARROWS) == {*OF_PATIENT, "AuditEvent", "Questionnaire"}
    for each in rest["resource"]:
        interactions = {one["code"] for one in each["interaction"]}
        created = client.post(f"/fhir/{each['type']}", json={"resourceType": each["type"]}, headers=DOCTOR)
        assert ("create" in interactions) == (created.status_code not in {404, 405})
        for posted in (True, False):
            path = f"/fhir/{each['type']}" + ("/_search" if posted else "")
            searched = client.request("POST" if posted else "GET", path, headers=DOCTOR)
            assert ("search-type" in interactions) == (searched.status_code not in {404, 405})
    assert client.get(rest["operation"][0]["definition"]).json()["code"] == "screen"


def test_the_form_is_there_in_every_language_under_one_name(client: TestClient):
    page = client.get("/fhir/Questionnaire").json()
    assert faults(page) == []
    forms = [each["resource"] for each in page["entry"]]
    assert {each["language"] for each in forms} == {"nb-NO", "nn-NO", "en"}
    assert len({each["url"] for each in forms}) == 1
    for each in forms:
        assert client.get(f"/fhir/Questionnaire/{each['id']}").json()["title"] == each["title"]
    english = client.get("/fhir/Questionnaire/screening", headers={"Accept-Language": "en"}).json()
    assert (english["id"], english["language"]) == ("screening", "en")
    assert client.get("/fhir/Questionnaire/other").status_code == 404
    etags = [client.get(f"/fhir/Questionnaire/{each['id']}").headers["etag"] for each in forms]
    assert len(set(etags)) == 3
    named = client.get("/fhir/Questionnaire", params={"url": forms[0]["url"]}).json()
    assert named["total"] == 3
    assert client.post("/fhir/Questionnaire/_search", data={"url": forms[0]["url"]}).json()["total"] == 3


def test_the_log_is_the_administrators(client: TestClient, patient: Patient):
    client.get(f"/fhir/Patient/{patient.id}", headers=READER)
    by_number = client.post("/fhir/AuditEvent/_search", data={"patient.identifier": number(1)}, headers=ADMINISTRATOR)
    lines = by_number.json()
    assert lines["total"] > 2
    line = lines["entry"][0]["resource"]
    assert client.get(f"/fhir/AuditEvent/{line['id']}", headers=ADMINISTRATOR).json() == line
    assert client.get("/fhir/AuditEvent/999999999", headers=ADMINISTRATOR).status_code == 404
    assert line["agent"][0]["who"]["display"]
