"""Medicines, falls, nutrition, delirium and cognition: what to look into, whatever the track (section 3)."""

from __future__ import annotations

from engine.rules import Rule, Suggestion
from rules.frailty import cfs
from rules.items import (
    dementia_stage,
    fall_risk_medicines,
    falls_last_12_months,
    four_at,
    mst,
    norgep_hits,
    recent_function_decline,
    regular_medicines,
    weight_loss,
)
from rules.limits import (
    CFS_FRAIL,
    CFS_VERY_MILD,
    COGNITION_POSSIBLE,
    DELIRIUM_POSSIBLE,
    GP_REVIEW_MEDICINES,
    MAJOR_POLYPHARMACY,
    MST_AT_RISK,
    ONE_FALL,
    ONE_FALL_RISK_MEDICINE,
    ONE_HIT,
    POLYPHARMACY,
)

medication_review = Rule(
    id="medication_review",
    when=(
        regular_medicines.at_least(POLYPHARMACY)
        & (cfs.at_least(CFS_FRAIL) | falls_last_12_months.at_least(ONE_FALL) | recent_function_decline.is_yes())
    )
    | norgep_hits.at_least(ONE_HIT),
    suggest=Suggestion("action:medication_review"),
    sources=("helsedirektoratet_medication_review", "norgep_2009", "norgep_nh_2015"),
)

medication_review_gp = Rule(
    id="medication_review_gp",
    when=regular_medicines.at_least(GP_REVIEW_MEDICINES),
    suggest=Suggestion("action:medication_review_gp", "consider"),
    sources=("fastlegeforskriften",),
)

pharmacist_review = Rule(
    id="pharmacist_review",
    when=regular_medicines.at_least(MAJOR_POLYPHARMACY),
    suggest=Suggestion("action:pharmacist_review"),
    sources=("helsedirektoratet_medication_review",),
)

fall_prevention = Rule(
    id="fall_prevention",
    when=falls_last_12_months.at_least(ONE_FALL)
    | (fall_risk_medicines.at_least(ONE_FALL_RISK_MEDICINE) & cfs.at_least(CFS_VERY_MILD)),
    suggest=Suggestion("module:falls"),
    sources=("world_falls_2022", "stoppfall_2020"),
)

nutrition = Rule(
    id="nutrition",
    when=mst.at_least(MST_AT_RISK) | weight_loss.is_yes(),
    suggest=Suggestion("module:nutrition"),
    sources=("mst",),
)

delirium = Rule(
    id="delirium",
    when=four_at.at_least(DELIRIUM_POSSIBLE),
    suggest=Suggestion("module:delirium"),
    sources=("four_at",),
)

cognition_check = Rule(
    id="cognition_check",
    when=four_at.at_least(COGNITION_POSSIBLE) & four_at.below(DELIRIUM_POSSIBLE),
    suggest=Suggestion("module:cognition", "consider"),
    sources=("four_at",),
)

dementia_follow_up = Rule(
    id="dementia_follow_up",
    when=dementia_stage.is_any("mild", "moderate", "severe", "very_severe"),
    suggest=Suggestion("module:cognition"),
    sources=("spec_1",),
)

RULES = (
    medication_review,
    medication_review_gp,
    pharmacist_review,
    fall_prevention,
    nutrition,
    delirium,
    cognition_check,
    dementia_follow_up,
)
