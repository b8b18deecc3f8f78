"""Who is screened, what the frailty score means, and which track it suggests (section 3, first half).

Routing speaks of `cfs`, the validated score: under 65 years, or with a lifelong disability, no comparison on it holds.
"""

from __future__ import annotations

from engine.conditions import Holds, Suggested, count_of
from engine.rules import Definition, Rule, Suggestion
from rules.items import (
    age,
    cfs_clinician,
    cfs_level,
    cfs_tree_distance,
    clinician_ratings,
    dementia_stage,
    falls_last_12_months,
    four_at,
    lifelong_disability,
    mst,
    municipal_services,
    recent_function_decline,
    regular_medicines,
    spict_count,
    spict_wish,
    surprised_if_died_within_12_months,
    terminal_illness,
)
from rules.limits import (
    CFS_DISAGREEMENT_DISTANCE,
    CFS_FRAIL,
    CFS_MILD_DEMENTIA,
    CFS_MODERATE_DEMENTIA,
    CFS_NOTE_DISTANCE,
    CFS_SEVERE,
    CFS_SEVERE_DEMENTIA,
    CFS_TERMINAL,
    CFS_VERY_MILD,
    CFS_VERY_SEVERE,
    CFS_VERY_SEVERE_DEMENTIA,
    DELIRIUM_POSSIBLE,
    MAJOR_POLYPHARMACY,
    MST_AT_RISK,
    ONE_FALL,
    ONE_RATING,
    POLYPHARMACY,
    SCREENED_FROM_AGE,
    SPICT_INDICATORS,
    VALIDATED_FROM_AGE,
    VULNERABLE_SIGNS,
)

STANDARD, PREVENTION, CGA_TEAM, PALLIATIVE_FOCUS = (
    f"track:{track}" for track in ("standard", "prevention", "cga_team", "palliative_focus")
)
TRACKS = (STANDARD, PREVENTION, CGA_TEAM, PALLIATIVE_FOCUS)

cfs_not_validated = Definition(
    id="cfs_not_validated",
    when=age.below(VALIDATED_FROM_AGE) | lifelong_disability.is_yes(),
)

cfs = cfs_level.guarded_by(~Holds(cfs_not_validated.id))
"""The validated score, which is what a rule means by CFS."""

cfs_at_any_age = cfs_level.guarded_by(lifelong_disability.is_no())
"""For an offer that stands whatever the age; a lifelong disability still says nothing of how long someone will live."""

cfs_tree_differs_by_one = Definition(id="cfs_tree_differs_by_one", when=cfs_tree_distance.equals(CFS_NOTE_DISTANCE))

scored_by_clinician = clinician_ratings.at_least(ONE_RATING)
"""Guardrails look at the clinician's score, and without one they do not apply."""

cfs_disagreement = Rule(
    id="cfs_disagreement",
    when=cfs_tree_distance.at_least(CFS_DISAGREEMENT_DISTANCE),
    suggest=Suggestion("action:cfs_disagreement"),
    sources=("theou_2021", "spec_1"),
)

cfs_dementia_mismatch = Rule(
    id="cfs_dementia_mismatch",
    when=scored_by_clinician
    & (
        (dementia_stage.is_("mild") & cfs_clinician.below(CFS_MILD_DEMENTIA))
        | (dementia_stage.is_("moderate") & cfs_clinician.below(CFS_MODERATE_DEMENTIA))
        | (dementia_stage.is_("severe") & cfs_clinician.below(CFS_SEVERE_DEMENTIA))
        | (dementia_stage.is_("very_severe") & cfs_clinician.below(CFS_VERY_SEVERE_DEMENTIA))
    ),
    suggest=Suggestion("action:cfs_dementia_mismatch"),
    sources=("theou_2021", "rockwood_2020"),
)

cfs_terminal_mismatch = Rule(
    id="cfs_terminal_mismatch",
    when=scored_by_clinician & cfs_clinician.at_least(CFS_TERMINAL) & terminal_illness.is_no(),
    suggest=Suggestion("action:cfs_terminal_mismatch"),
    sources=("rockwood_2020",),
)

screening_indicated = Rule(
    id="screening_indicated",
    when=age.at_least(SCREENED_FROM_AGE)
    | (
        age.at_least(VALIDATED_FROM_AGE)
        & (
            municipal_services.has("home_nursing")
            | regular_medicines.at_least(POLYPHARMACY)
            | falls_last_12_months.at_least(ONE_FALL)
        )
    ),
    suggest=Suggestion("action:screening_indicated"),
    sources=("spec_1",),
)

clinical_judgement = Rule(
    id="clinical_judgement",
    when=Holds(cfs_not_validated.id),
    suggest=Suggestion("action:clinical_judgement"),
    sources=("rockwood_2020",),
)

robust = Rule(
    id="robust",
    when=cfs.below(CFS_VERY_MILD),
    suggest=Suggestion(STANDARD),
    sources=("rockwood_2020", "spec_1"),
)

prevention = Rule(
    id="prevention",
    when=cfs.at_least(CFS_VERY_MILD) & cfs.below(CFS_FRAIL),
    suggest=Suggestion(PREVENTION),
    sources=("rockwood_2020", "spec_1"),
)

cga_team = Rule(
    id="cga_team",
    when=cfs.at_least(CFS_FRAIL) & cfs.below(CFS_VERY_SEVERE),
    suggest=Suggestion(CGA_TEAM),
    sources=("rockwood_2020", "spec_1"),
)

cga_team_vulnerable = Rule(
    id="cga_team_vulnerable",
    when=cfs.at_least(CFS_VERY_MILD)
    & cfs.below(CFS_FRAIL)
    & count_of(
        VULNERABLE_SIGNS,
        falls_last_12_months.at_least(ONE_FALL),
        regular_medicines.at_least(MAJOR_POLYPHARMACY),
        four_at.at_least(DELIRIUM_POSSIBLE),
        recent_function_decline.is_yes(),
        mst.at_least(MST_AT_RISK),
    ),
    suggest=Suggestion(CGA_TEAM, "consider"),
    sources=("rockwood_2020", "spec_1"),
)

palliative_focus = Rule(
    id="palliative_focus",
    when=terminal_illness.is_yes() | cfs.at_least(CFS_VERY_SEVERE),
    suggest=Suggestion(PALLIATIVE_FOCUS),
    sources=("rockwood_2020", "spict"),
)

palliative_indicators = Rule(
    id="palliative_indicators",
    when=cfs.at_least(CFS_SEVERE)
    & cfs.below(CFS_VERY_SEVERE)
    & (surprised_if_died_within_12_months.is_no() | spict_count.at_least(SPICT_INDICATORS)),
    suggest=Suggestion(PALLIATIVE_FOCUS, "consider"),
    sources=("surprise_question", "spict"),
)

shared_decision = Rule(
    id="shared_decision",
    when=Suggested(CGA_TEAM) & Suggested(PALLIATIVE_FOCUS),
    suggest=Suggestion("action:shared_decision"),
    sources=("spec_1",),
)

advance_care_conversation = Rule(
    id="advance_care_conversation",
    when=cfs_at_any_age.at_least(CFS_SEVERE)
    | terminal_illness.is_yes()
    | surprised_if_died_within_12_months.is_no()
    | spict_count.at_least(SPICT_INDICATORS)
    | spict_wish.is_yes(),
    suggest=Suggestion("action:advance_care_conversation"),
    sources=("surprise_question", "spict"),
)

DEFINITIONS = (cfs_not_validated, cfs_tree_differs_by_one)
RULES = (
    cfs_disagreement,
    cfs_dementia_mismatch,
    cfs_terminal_mismatch,
    screening_indicated,
    clinical_judgement,
    robust,
    prevention,
    cga_team,
    cga_team_vulnerable,
    palliative_focus,
    palliative_indicators,
    shared_decision,
    advance_care_conversation,
)
