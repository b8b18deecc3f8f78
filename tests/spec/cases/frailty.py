"""Screening, guardrails, tracks and the conversation: a case where each rule holds, does not, and is undecided."""

from tests.spec.people import HARMLESS, no_to, older, person
from tests.spec.statements import does_not, holds, rule, unknown

SPICT = ("spict_admissions", "spict_performance", "spict_dependent", "spict_weight", "spict_symptoms", "spict_wish")
NO_SPICT = no_to(*SPICT)
NO_SIGNS = {"falls_last_12_months": 0, "medicines": [], "four_at": 0, "recent_function_decline": False, "mst": 0}
TREE_6 = {"terminal_illness": False, "badl_help": ["bathe"]}
SIX_OR_NINE = {"badl_help": ["bathe"]}
SEVEN_OR_EIGHT = {"badl_help": ["bathe", "dress", "walk"]}
ALIVE_NEXT_YEAR = {"terminal_illness": False, "surprised_if_died_within_12_months": True, **NO_SPICT}

FRAILTY = (
    *rule(
        "cfs_disagreement",
        holds("treet sier 6 og klinikeren 4", older(cfs_clinician=4, **TREE_6)),
        holds("treet sier 6 eller 9 og klinikeren 3: minst tre nivåer uansett", older(cfs_clinician=3, **SIX_OR_NINE)),
        does_not("treet sier 6 og klinikeren 5", older(cfs_clinician=5, **TREE_6)),
        does_not("klinikeren har ikke satt CFS", older(**TREE_6)),
        unknown(
            "treet sier 6 eller 9 og klinikeren 6",
            older(cfs_clinician=6, **SIX_OR_NINE),
            missing="terminal_illness",
        ),
    ),
    *rule(
        "cfs_dementia_mismatch",
        holds("mild demens og CFS 4", older(dementia_stage="mild", cfs_clinician=4)),
        holds("moderat demens og CFS 5", older(dementia_stage="moderate", cfs_clinician=5)),
        holds("alvorlig demens og CFS 6", older(dementia_stage="severe", cfs_clinician=6)),
        holds("svært alvorlig demens og CFS 7", older(dementia_stage="very_severe", cfs_clinician=7)),
        does_not("mild demens og CFS 5", older(dementia_stage="mild", cfs_clinician=5)),
        does_not("moderat demens og CFS 6", older(dementia_stage="moderate", cfs_clinician=6)),
        does_not("alvorlig demens og CFS 7", older(dementia_stage="severe", cfs_clinician=7)),
        does_not("svært alvorlig demens og CFS 8", older(dementia_stage="very_severe", cfs_clinician=8)),
        does_not("ingen demens og CFS 1", older(dementia_stage="none", cfs_clinician=1)),
        does_not("klinikeren har ikke satt CFS, så det er ingenting å sammenligne", older(dementia_stage="mild")),
        unknown("graden av demens er ikke kjent", older(cfs_clinician=4), missing="dementia_stage"),
    ),
    *rule(
        "cfs_terminal_mismatch",
        holds("CFS 9 og nei på kort forventet levetid", older(cfs_clinician=9, terminal_illness=False)),
        does_not("CFS 9 og ja på kort forventet levetid", older(cfs_clinician=9, terminal_illness=True)),
        does_not("CFS 8", older(cfs_clinician=8, terminal_illness=False)),
        does_not("klinikeren har ikke satt CFS, så det er ingenting å sammenligne", older(terminal_illness=False)),
        unknown("CFS 9, levetid ikke vurdert", older(cfs_clinician=9), missing="terminal_illness"),
    ),
    *rule(
        "screening_indicated",
        holds("70 år", person(age=70)),
        holds("69 år med hjemmesykepleie", person(age=69, municipal_services={"home_nursing": True})),
        holds("69 år med fem faste legemidler", person(age=69, medicines=HARMLESS[:5])),
        holds("65 år med ett fall", person(age=65, falls_last_12_months=1)),
        does_not(
            "64 år, selv med fall, legemidler og hjemmesykepleie",
            person(age=64, falls_last_12_months=3, medicines=HARMLESS, municipal_services=["home_nursing"]),
        ),
        does_not(
            "69 år uten fall, med fire legemidler og trygghetsalarm",
            person(age=69, falls_last_12_months=0, medicines=HARMLESS[:4], municipal_services=["safety_alarm"]),
        ),
        unknown(
            "69 år, ellers ikke kjent",
            person(age=69),
            missing="falls_last_12_months municipal_services medicines",
        ),
        unknown("ett fall, alder ikke kjent", person(falls_last_12_months=1), missing="age"),
    ),
    *rule(
        "clinical_judgement",
        holds("64 år", person(age=64)),
        holds("80 år med livslang funksjonsnedsettelse", person(age=80, lifelong_disability=True)),
        holds("livslang funksjonsnedsettelse, alder ikke kjent", person(lifelong_disability=True)),
        does_not("65 år uten livslang funksjonsnedsettelse", person(age=65, lifelong_disability=False)),
        unknown("80 år, livslang funksjonsnedsettelse ikke kjent", person(age=80), missing="lifelong_disability"),
        unknown("alder ikke kjent", person(lifelong_disability=False), missing="age"),
    ),
    *rule(
        "robust",
        holds("CFS 3", older(cfs_clinician=3)),
        holds("CFS 1", older(cfs_clinician=1)),
        does_not("CFS 4", older(cfs_clinician=4)),
        does_not("CFS 3 hos en på 64 år", person(age=64, cfs_clinician=3)),
        unknown(
            "CFS 3, livslang funksjonsnedsettelse ikke kjent",
            person(age=80, cfs_clinician=3),
            missing="lifelong_disability",
        ),
        unknown("CFS er ikke satt og ingenting er spurt om", older(), missing="terminal_illness cfs_clinician"),
    ),
    *rule(
        "prevention",
        holds("CFS 4", older(cfs_clinician=4)),
        does_not("CFS 3", older(cfs_clinician=3)),
        does_not("CFS 5", older(cfs_clinician=5)),
        does_not("CFS 4 og livslang funksjonsnedsettelse", person(age=80, cfs_clinician=4, lifelong_disability=True)),
        unknown("CFS 4, alder ikke kjent", person(cfs_clinician=4, lifelong_disability=False), missing="age"),
    ),
    *rule(
        "cga_team",
        holds("CFS 5", older(cfs_clinician=5)),
        holds("CFS 7", older(cfs_clinician=7)),
        holds("CFS er ikke satt, men treet sier 6", older(**TREE_6)),
        does_not("CFS 4", older(cfs_clinician=4)),
        does_not("CFS 8", older(cfs_clinician=8)),
        does_not("CFS 6 hos en på 64 år", person(age=64, cfs_clinician=6)),
        unknown(
            "CFS er ikke satt, og treet sier 6 eller 9",
            older(**SIX_OR_NINE),
            missing="terminal_illness cfs_clinician",
        ),
        unknown("CFS 6, alder ikke kjent", person(cfs_clinician=6, lifelong_disability=False), missing="age"),
    ),
    *rule(
        "cga_team_vulnerable",
        holds(
            "CFS 4, ett fall og nylig funksjonsfall",
            older(cfs_clinician=4, falls_last_12_months=1, recent_function_decline=True),
        ),
        holds("CFS 4, ti faste legemidler og 4AT 4", older(cfs_clinician=4, medicines=HARMLESS, four_at=4)),
        holds("CFS 4, 4AT 4 og MST 2", older(cfs_clinician=4, four_at=4, mst=2)),
        does_not(
            "CFS 4 og bare ett faresignal: 4AT 3, MST 1 og ni legemidler er ikke nok",
            older(
                cfs_clinician=4,
                **{**NO_SIGNS, "falls_last_12_months": 1, "four_at": 3, "mst": 1, "medicines": HARMLESS[:9]},
            ),
        ),
        does_not("CFS 5 med to faresignaler", older(cfs_clinician=5, falls_last_12_months=1, mst=2)),
        unknown(
            "CFS 4 og ett fall, MST ikke tatt",
            older(cfs_clinician=4, falls_last_12_months=1, medicines=[], four_at=0, recent_function_decline=False),
            missing="mst",
        ),
        unknown(
            "CFS 4, ingen faresignaler er spurt om",
            older(cfs_clinician=4),
            missing="falls_last_12_months recent_function_decline four_at mst medicines",
        ),
    ),
    *rule(
        "palliative_focus",
        holds("forventet levetid under seks måneder, også ved 50 år", person(age=50, terminal_illness=True)),
        holds("CFS 8", older(cfs_clinician=8)),
        does_not("CFS 7 og ikke kort forventet levetid", older(cfs_clinician=7, terminal_illness=False)),
        does_not(
            "CFS 8 hos en på 60 år uten kort forventet levetid", person(age=60, cfs_clinician=8, terminal_illness=False)
        ),
        unknown("CFS 7, levetid ikke vurdert", older(cfs_clinician=7), missing="terminal_illness"),
    ),
    *rule(
        "palliative_indicators",
        holds(
            "CFS 7, og døden ville ikke være overraskende",
            older(cfs_clinician=7, surprised_if_died_within_12_months=False),
        ),
        holds("CFS 7 og to SPICT-tegn", older(cfs_clinician=7, spict_weight=True, spict_wish=True)),
        does_not(
            "CFS 6, og døden ville ikke være overraskende",
            older(cfs_clinician=6, surprised_if_died_within_12_months=False),
        ),
        does_not(
            "CFS 8, og døden ville ikke være overraskende",
            older(cfs_clinician=8, surprised_if_died_within_12_months=False),
        ),
        does_not(
            "CFS 7 og ett SPICT-tegn, og døden ville være overraskende",
            older(cfs_clinician=7, surprised_if_died_within_12_months=True, **{**NO_SPICT, "spict_weight": True}),
        ),
        does_not(
            "treet sier 6 eller 9: det er ikke 7",
            older(surprised_if_died_within_12_months=False, **SIX_OR_NINE),
        ),
        unknown(
            "CFS 7 og ett SPICT-tegn, resten ikke spurt om",
            older(cfs_clinician=7, surprised_if_died_within_12_months=True, **no_to(*SPICT[:4]), spict_symptoms=True),
            missing="spict_wish",
        ),
        unknown(
            "CFS er ikke satt, treet sier 7 eller 8, og døden ville ikke være overraskende",
            older(surprised_if_died_within_12_months=False, **SEVEN_OR_EIGHT),
            missing="terminal_illness cfs_clinician",
        ),
    ),
    *rule(
        "shared_decision",
        holds(
            "CFS 7, og døden ville ikke være overraskende",
            older(cfs_clinician=7, surprised_if_died_within_12_months=False),
        ),
        holds("CFS 6 og forventet levetid under seks måneder", older(cfs_clinician=6, terminal_illness=True)),
        holds(
            "CFS 4 med to faresignaler, og forventet levetid under seks måneder",
            older(cfs_clinician=4, terminal_illness=True, falls_last_12_months=1, mst=2),
        ),
        does_not("CFS 6 og ikke kort forventet levetid", older(cfs_clinician=6, terminal_illness=False)),
        does_not("CFS 8: bare lindrende fokus er foreslått", older(cfs_clinician=8, terminal_illness=True)),
        unknown(
            "CFS 7, overraskelsesspørsmålet ikke stilt",
            older(cfs_clinician=7, terminal_illness=False, **NO_SPICT),
            missing="surprised_if_died_within_12_months",
        ),
    ),
    *rule(
        "advance_care_conversation",
        holds("CFS 7", older(cfs_clinician=7)),
        holds(
            "CFS 7 hos en på 50 år: tilbudet gjelder uansett alder",
            person(age=50, cfs_clinician=7, lifelong_disability=False),
        ),
        holds("forventet levetid under seks måneder", older(terminal_illness=True)),
        holds("døden ville ikke være overraskende", person(surprised_if_died_within_12_months=False)),
        holds("to SPICT-tegn", person(spict_admissions=True, spict_dependent=True)),
        holds("ønsker mindre behandling", person(spict_wish=True)),
        does_not("CFS 6 og ingen andre tegn", older(cfs_clinician=6, **ALIVE_NEXT_YEAR)),
        does_not(
            "CFS 8 ved livslang funksjonsnedsettelse og ingen andre tegn",
            person(age=80, lifelong_disability=True, cfs_clinician=8, **ALIVE_NEXT_YEAR),
        ),
        does_not(
            "ett SPICT-tegn som ikke er pasientens ønske",
            older(cfs_clinician=6, **{**ALIVE_NEXT_YEAR, "spict_weight": True}),
        ),
        unknown(
            "CFS 6, overraskelsesspørsmålet ikke stilt",
            older(cfs_clinician=6, terminal_illness=False, **NO_SPICT),
            missing="surprised_if_died_within_12_months",
        ),
    ),
)
