"""The items that rules speak of, by name; what each is stands in `data/items.toml`, its words in `texts/`."""

from __future__ import annotations

from rules.knowledge import ITEMS, SCORE_ITEMS

age = ITEMS["age"]
residence = ITEMS["residence"]
living_alone = ITEMS["living_alone"]
lifelong_disability = ITEMS["lifelong_disability"]
admissions_last_12_months = ITEMS["admissions_last_12_months"]
terminal_illness = ITEMS["terminal_illness"]
cfs_clinician = ITEMS["cfs_clinician"]
dementia_stage = ITEMS["dementia_stage"]
falls_last_12_months = ITEMS["falls_last_12_months"]
recent_function_decline = ITEMS["recent_function_decline"]
weight_loss = ITEMS["weight_loss"]
four_at = ITEMS["four_at"]
mst = ITEMS["mst"]
surprised_if_died_within_12_months = ITEMS["surprised_if_died_within_12_months"]
spict_wish = ITEMS["spict_wish"]
municipal_services = ITEMS["municipal_services"]
need_after_discharge = ITEMS["need_after_discharge"]
discharge_to = ITEMS["discharge_to"]
can_coordinate = ITEMS["can_coordinate"]

cfs_level = SCORE_ITEMS["cfs_level"]
regular_medicines = SCORE_ITEMS["regular_medicines"]
norgep_hits = SCORE_ITEMS["norgep_hits"]
fall_risk_medicines = SCORE_ITEMS["fall_risk_medicines"]
bidiagnoses = SCORE_ITEMS["bidiagnoses"]
chronic_groups = SCORE_ITEMS["chronic_groups"]
spict_count = SCORE_ITEMS["spict_count"]
clinician_ratings = SCORE_ITEMS["clinician_ratings"]
cfs_tree_distance = SCORE_ITEMS["cfs_tree_distance"]
main_diagnosis = SCORE_ITEMS["main_diagnosis"]
fall_coded = SCORE_ITEMS["fall_coded"]
