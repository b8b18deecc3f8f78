"""The stay and the way home: length of stay, the municipality, pathways A, B and C, the coordinator (section 3)."""

from __future__ import annotations

from engine.conditions import Holds, Suggested
from engine.rules import Definition, Ladder, Rule, Suggestion
from rules.frailty import CGA_TEAM, PALLIATIVE_FOCUS, cfs, cfs_not_validated
from rules.items import (
    admissions_last_12_months,
    bidiagnoses,
    can_coordinate,
    chronic_groups,
    discharge_to,
    fall_coded,
    falls_last_12_months,
    living_alone,
    main_diagnosis,
    municipal_services,
    need_after_discharge,
    regular_medicines,
    residence,
)
from rules.limits import (
    CFS_FRAIL,
    FREQUENT_ADMISSIONS,
    HIGH_LONG_STAY_BIDIAGNOSES,
    LONG_STAY_BIDIAGNOSES,
    MULTIMORBIDITY_GROUPS,
    ONE_FALL,
    POLYPHARMACY,
)

long_stay_risk = Rule(
    id="long_stay_risk",
    when=bidiagnoses.at_least(LONG_STAY_BIDIAGNOSES),
    suggest=Suggestion("action:long_stay_risk"),
    sources=("pathway_seed",),
)

high_long_stay_risk = Rule(
    id="high_long_stay_risk",
    when=bidiagnoses.at_least(HIGH_LONG_STAY_BIDIAGNOSES),
    suggest=Suggestion("action:high_long_stay_risk"),
    sources=("pathway_seed",),
)

municipal_notice = Rule(
    id="municipal_notice",
    when=need_after_discharge.is_any("unchanged", "increased"),
    suggest=Suggestion("action:municipal_notice"),
    sources=("payment_regulation",),
)

unknown_to_municipality = Rule(
    id="unknown_to_municipality",
    when=~residence.is_("care_home")
    & municipal_services.has_nothing_but("safety_alarm", "meals_on_wheels", "multidose"),
    suggest=Suggestion("action:unknown_to_municipality"),
    sources=("pathway_seed", "payment_regulation"),
)

early_warning = Rule(
    id="early_warning",
    when=Holds(unknown_to_municipality.id) & need_after_discharge.is_("increased"),
    suggest=Suggestion("action:early_warning"),
    sources=("pathway_seed",),
)

pathway_c = Rule(
    id="pathway_c",
    when=Suggested(CGA_TEAM)
    | Suggested(PALLIATIVE_FOCUS)
    | (chronic_groups.at_least(MULTIMORBIDITY_GROUPS) & need_after_discharge.is_("increased")),
    suggest=Suggestion("pathway:C"),
    sources=("pathway_seed",),
)

pathway_b = Rule(
    id="pathway_b",
    when=~Holds(cfs_not_validated.id)
    & ~Holds(pathway_c.id)
    & municipal_services.has_any()
    & need_after_discharge.is_("unchanged"),
    suggest=Suggestion("pathway:B"),
    sources=("pathway_seed",),
)

pathway_a = Rule(
    id="pathway_a",
    when=~Holds(cfs_not_validated.id) & ~Holds(pathway_c.id) & need_after_discharge.is_("none"),
    suggest=Suggestion("pathway:A"),
    sources=("pathway_seed",),
)

pathway_decide = Rule(
    id="pathway_decide",
    when=~Holds(pathway_a.id) & ~Holds(pathway_b.id) & ~Holds(pathway_c.id),
    suggest=Suggestion("action:pathway_decide"),
    sources=("pathway_seed",),
)

coordinator = Rule(
    id="coordinator",
    when=(Holds(pathway_c.id) & can_coordinate.is_("limited")) | bidiagnoses.at_least(HIGH_LONG_STAY_BIDIAGNOSES),
    suggest=Suggestion("action:coordinator"),
    sources=("rights_act", "pathway_seed"),
)

high_user = Rule(
    id="high_user",
    when=admissions_last_12_months.at_least(FREQUENT_ADMISSIONS),
    suggest=Suggestion("action:high_user"),
    sources=("spec_1",),
)

lonely_at_home = Rule(
    id="lonely_at_home",
    when=living_alone.is_yes() & cfs.at_least(CFS_FRAIL) & discharge_to.is_("home"),
    suggest=Suggestion("module:social_network"),
    sources=("spec_1",),
)

complex_needs = Definition(
    id="complex_needs",
    when=Holds(pathway_c.id)
    | (chronic_groups.at_least(MULTIMORBIDITY_GROUPS) & regular_medicines.at_least(POLYPHARMACY)),
)
many_actors = Definition(
    id="many_actors",
    when=main_diagnosis.is_("stroke")
    | (main_diagnosis.is_("injury") & (falls_last_12_months.at_least(ONE_FALL) | fall_coded.is_yes())),
)
limited_capacity = Definition(id="limited_capacity", when=can_coordinate.is_("limited"))
complex_limited = Definition(id="complex_limited", when=Holds(complex_needs.id) & Holds(limited_capacity.id))
complex_good = Definition(id="complex_good", when=Holds(complex_needs.id) & ~Holds(limited_capacity.id))
neither = Definition(id="neither", when=~Holds(complex_needs.id) & ~Holds(limited_capacity.id))

# Complexity against the patient's own capacity; the first that holds, in this order, is the group.
COORDINATION_GROUPS = Ladder(
    id="coordination_group",
    rungs=(
        (2, many_actors.id),
        (1, complex_limited.id),
        (3, limited_capacity.id),
        (4, complex_good.id),
        (5, neither.id),
    ),
)

DEFINITIONS = (complex_needs, many_actors, limited_capacity, complex_limited, complex_good, neither)
RULES = (
    long_stay_risk,
    high_long_stay_risk,
    municipal_notice,
    unknown_to_municipality,
    early_warning,
    pathway_c,
    pathway_b,
    pathway_a,
    pathway_decide,
    coordinator,
    high_user,
    lonely_at_home,
)
