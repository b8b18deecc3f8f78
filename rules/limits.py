"""The limits that rules compare with, by name; the numbers, with their sources, stand in `data/thresholds.toml`."""

from __future__ import annotations

from engine.conditions import Limit

VALIDATED_FROM_AGE = Limit("validated_from_age")
SCREENED_FROM_AGE = Limit("screened_from_age")
CFS_VERY_MILD = Limit("cfs_very_mild")
CFS_FRAIL = Limit("cfs_frail")
CFS_SEVERE = Limit("cfs_severe")
CFS_VERY_SEVERE = Limit("cfs_very_severe")
CFS_TERMINAL = Limit("cfs_terminal")
CFS_MILD_DEMENTIA = Limit("cfs_mild_dementia")
CFS_MODERATE_DEMENTIA = Limit("cfs_moderate_dementia")
CFS_SEVERE_DEMENTIA = Limit("cfs_severe_dementia")
CFS_VERY_SEVERE_DEMENTIA = Limit("cfs_very_severe_dementia")
CFS_NOTE_DISTANCE = Limit("cfs_note_distance")
CFS_DISAGREEMENT_DISTANCE = Limit("cfs_disagreement_distance")
VULNERABLE_SIGNS = Limit("vulnerable_signs")
SPICT_INDICATORS = Limit("spict_indicators")
GP_REVIEW_MEDICINES = Limit("gp_review_medicines")
POLYPHARMACY = Limit("polypharmacy")
MAJOR_POLYPHARMACY = Limit("major_polypharmacy")
ONE_HIT = Limit("one_hit")
ONE_FALL_RISK_MEDICINE = Limit("one_fall_risk_medicine")
ONE_FALL = Limit("one_fall")
MST_AT_RISK = Limit("mst_at_risk")
DELIRIUM_POSSIBLE = Limit("delirium_possible")
COGNITION_POSSIBLE = Limit("cognition_possible")
LONG_STAY_BIDIAGNOSES = Limit("long_stay_bidiagnoses")
HIGH_LONG_STAY_BIDIAGNOSES = Limit("high_long_stay_bidiagnoses")
MULTIMORBIDITY_GROUPS = Limit("multimorbidity_groups")
FREQUENT_ADMISSIONS = Limit("frequent_admissions")
