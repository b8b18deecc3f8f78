"""What must be true of every patient, tried on random ones and on those at the limits.

`RETTHJEM_PATIENTS=100000 ./dev test tests/unit/test_laws.py` tries as many as it says; CI tries 2,000.
"""

from __future__ import annotations

import os

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from engine.durable import DurableEngine
from rules.assess import assess
from rules.assessment import Assessment
from rules.case import Case
from rules.ruleset import RULES, national
from tests.spec.people import ON
from tests.unit.profiles import ASKED, cases, filled, from_facts

DURABLE = DurableEngine(national())
BLANKS = (*(item for item in ASKED if item != "cfs_clinician"), "age", "conditions", "medicines")
PATIENTS = settings(
    max_examples=int(os.environ.get("RETTHJEM_PATIENTS", "2000" if os.environ.get("CI") == "true" else "200")),
    suppress_health_check=[HealthCheck.too_slow],
)


def assessed(case: Case) -> Assessment:
    return assess(case, ON, national())


def settled(found: Assessment) -> dict[str, bool]:
    undecided = {each.rule for each in found.undecided}
    return {rule.id: found.fired(rule.id) for rule in RULES if rule.id not in undecided}


@PATIENTS
@given(st.data())
def test_filling_a_blank_never_overturns_a_settled_rule(data: st.DataObject):
    case = data.draw(cases())
    blanks = data.draw(st.lists(st.sampled_from(BLANKS), min_size=1, max_size=6, unique=True))
    before, after = settled(assessed(case)), settled(assessed(data.draw(filled(case, blanks))))
    assert {rule: after.get(rule) for rule in before} == before


@PATIENTS
@given(st.data())
def test_the_missing_answers_settle_an_undecided_rule(data: st.DataObject):
    case = data.draw(cases())
    for each in assessed(case).undecided:
        after = assessed(data.draw(filled(case, each.missing, recoded=True), label=f"{each.rule}: {each.missing}"))
        assert [other.missing for other in after.undecided if other.rule == each.rule] == []


@PATIENTS
@given(cases())
def test_the_facts_of_a_finding_alone_reach_it_again(case: Case):
    for finding in assessed(case).findings:
        again = assessed(from_facts(finding.because))
        assert again.fired(finding.rule), (finding.rule, dict(finding.because))


@PATIENTS
@given(cases())
def test_the_engines_never_differ(case: Case):
    assert assess(case, ON, national(), second=DURABLE).errors == ()


@PATIENTS
@given(cases())
def test_no_rule_is_both_found_and_undecided(case: Case):
    found = assessed(case)
    assert {each.rule for each in found.findings} & {each.rule for each in found.undecided} == set()


@PATIENTS
@given(cases())
def test_an_undecided_rule_always_names_what_is_missing(case: Case):
    assert [each.rule for each in assessed(case).undecided if not each.missing] == []


@PATIENTS
@given(cases())
def test_every_patient_without_a_settled_track_stands_on_the_team_list(case: Case):
    found = assessed(case)
    if not any(track.status == "final" for track in found.tracks):
        assert found.on_team_list is not None


@PATIENTS
@given(st.data())
def test_a_patient_of_whom_all_is_known_has_no_undecided_rule(data: st.DataObject):
    case = data.draw(filled(data.draw(cases()), (*BLANKS, "cfs_clinician"), recoded=True))
    assert assessed(case).undecided == ()
