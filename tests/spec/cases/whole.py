"""What the assessment as a whole says: tracks, pathway, coordination group, team list, the next question, notes."""

from tests.spec.people import HARMLESS, icpc, main, no_to, older, person, uncoded
from tests.spec.statements import whole

SPICT = ("spict_admissions", "spict_performance", "spict_dependent", "spict_weight", "spict_symptoms", "spict_wish")
NO_SIGNS = {"falls_last_12_months": 0, "medicines": [], "four_at": 0, "recent_function_decline": False, "mst": 0}
NO_PALLIATIVE = {"terminal_illness": False, "surprised_if_died_within_12_months": True, **no_to(*SPICT)}
THREE = ["bathe", "dress", "walk"]
SIMPLE = {"cfs_clinician": 2, "terminal_illness": False, "diagnoses": [], "medicines": [], "falls_last_12_months": 0}

TRACKS = (
    whole(
        "CFS 2: vanlig oppfølging", older(cfs_clinician=2, terminal_illness=False), tracks=["standard recommend final"]
    ),
    whole(
        "CFS 4 uten faresignaler: forebygging",
        older(cfs_clinician=4, terminal_illness=False, **NO_SIGNS),
        tracks=["prevention recommend final"],
    ),
    whole(
        "CFS 4 med to faresignaler: både forebygging og geriatrisk vurdering",
        older(cfs_clinician=4, terminal_illness=False, falls_last_12_months=1, mst=2),
        tracks=["prevention recommend final", "cga_team consider final"],
    ),
    whole(
        "CFS 6: geriatrisk vurdering",
        older(cfs_clinician=6, terminal_illness=False),
        tracks=["cga_team recommend final"],
    ),
    whole(
        "CFS 6, levetid ikke vurdert: foreløpig, for det kan bli to spor",
        older(cfs_clinician=6),
        tracks=["cga_team recommend preliminary"],
    ),
    whole(
        "treet sier 6, klinikeren har ikke satt CFS: foreløpig",
        older(terminal_illness=False, badl_help=["bathe"]),
        tracks=["cga_team recommend preliminary"],
    ),
    whole(
        "CFS 7, og døden ville ikke være overraskende: begge spor",
        older(cfs_clinician=7, terminal_illness=False, surprised_if_died_within_12_months=False),
        tracks=["cga_team recommend final", "palliative_focus consider final"],
    ),
    whole("CFS 8: lindrende fokus", older(cfs_clinician=8), tracks=["palliative_focus recommend final"]),
    whole(
        "forventet levetid under seks måneder ved CFS 7: det sterkeste av to forslag",
        older(cfs_clinician=7, terminal_illness=True, surprised_if_died_within_12_months=False),
        tracks=["cga_team recommend final", "palliative_focus recommend final"],
    ),
    whole(
        "7 med tegn eller 8: lindrende fokus er sikkert på begge nivåer, med det svakeste forslaget",
        older(badl_help=THREE, surprised_if_died_within_12_months=False),
        tracks=["palliative_focus consider preliminary"],
    ),
    whole("60 år og CFS 6: ingen spor ut fra CFS", person(age=60, cfs_clinician=6, terminal_illness=False), tracks=[]),
    whole("ingenting er kjent: ingen spor", person(), tracks=[]),
)

TEAM_LIST = (
    whole("ingenting er kjent: uavklart, med neste spørsmål", person(), team_list="undecided"),
    whole("60 år: en kliniker vurderer", person(age=60, cfs_clinician=6), team_list="clinical_judgement"),
    whole(
        "to spor: pasient og lege velger", older(cfs_clinician=6, terminal_illness=True), team_list="shared_decision"
    ),
    whole("CFS 6", older(cfs_clinician=6, terminal_illness=False), team_list="cga_team"),
    whole("CFS 8", older(cfs_clinician=8), team_list="palliative_focus"),
    whole(
        "CFS 2 og ikke kort forventet levetid: ikke på listen",
        older(cfs_clinician=2, terminal_illness=False),
        team_list=None,
    ),
    whole("CFS 2, levetid ikke vurdert: uavklart", older(cfs_clinician=2), team_list="undecided"),
)

PATHWAYS = (
    whole("CFS 6: forløp C", older(cfs_clinician=6), pathway="C"),
    whole(
        "7 eller 8 med tegn: forløp C er sikkert på begge nivåer",
        older(badl_help=THREE, surprised_if_died_within_12_months=False),
        pathway="C",
    ),
    whole(
        "CFS 2, hjemmesykepleie som før: forløp B",
        older(**SIMPLE, municipal_services=["home_nursing"], need_after_discharge="unchanged"),
        pathway="B",
    ),
    whole("CFS 2 og ikke behov for hjelp: forløp A", older(**SIMPLE, need_after_discharge="none"), pathway="A"),
    whole(
        "CFS 2 og økt behov: koordinatoren avklarer", older(**SIMPLE, need_after_discharge="increased"), pathway=None
    ),
)

COORDINATION_GROUPS = (
    whole(
        "hjerneslag går foran alt annet",
        older(cfs_clinician=6, diagnoses=[main("I63.9")], can_coordinate="limited"),
        coordination_group=2,
    ),
    whole(
        "hoftebrudd med fall siste år", older(diagnoses=[main("S72.0")], falls_last_12_months=1), coordination_group=2
    ),
    whole("hoftebrudd med fallkode", older(diagnoses=[main("S72.0"), "W19"]), coordination_group=2),
    whole(
        "hoftebrudd uten fall er ikke gruppe 2",
        older(cfs_clinician=6, diagnoses=[main("S72.0")], falls_last_12_months=0, can_coordinate="limited"),
        coordination_group=1,
    ),
    whole(
        "forløp C og begrenset evne",
        older(cfs_clinician=6, diagnoses=[main("I50.9")], can_coordinate="limited"),
        coordination_group=1,
    ),
    whole(
        "to kroniske grupper og fem faste legemidler er også sammensatt",
        older(**{**SIMPLE, "diagnoses": [main("I50.9"), "J44.9"], "medicines": HARMLESS[:5]}, can_coordinate="limited"),
        coordination_group=1,
    ),
    whole(
        "ikke sammensatt, begrenset evne",
        older(**{**SIMPLE, "diagnoses": [main("I50.9")]}, need_after_discharge="none", can_coordinate="limited"),
        coordination_group=3,
    ),
    whole(
        "forløp C og god evne",
        older(cfs_clinician=6, diagnoses=[main("I50.9")], can_coordinate="good"),
        coordination_group=4,
    ),
    whole(
        "verken sammensatt eller begrenset",
        older(**{**SIMPLE, "diagnoses": [main("I50.9")]}, need_after_discharge="none", can_coordinate="good"),
        coordination_group=5,
    ),
    whole(
        "hoveddiagnosen ikke kjent: ingen gruppe",
        older(cfs_clinician=6, can_coordinate="limited"),
        coordination_group=None,
    ),
    whole(
        "evnen ikke kjent: ingen gruppe",
        older(cfs_clinician=6, diagnoses=[main("I50.9")]),
        coordination_group=None,
    ),
)

NOTES = (
    whole(
        "CFS ett nivå fra treet: bare en merknad",
        older(cfs_clinician=5, terminal_illness=False, badl_help=["bathe"], medicines=[], diagnoses=[]),
        notes=["cfs_tree_differs_by_one"],
    ),
    whole("60 år: skåren vises, men styrer ikke", person(age=60, cfs_clinician=6), notes=["cfs_not_validated"]),
    whole(
        "legemiddel uten kode, og samme virkestoff to ganger",
        person(residence="home", medicines=[uncoded(), "C07AB02", "C07AB02"]),
        notes=["medicine_without_atc", "same_substance_twice"],
    ),
    whole("bosted ikke kjent: listen er valgt", person(medicines=["C07AB02"]), notes=["norgep_list_by_default"]),
    whole("kode fra ICPC-2 skåres ikke", person(diagnoses=[main("S72.0"), icpc("K77")]), notes=["diagnosis_not_icd10"]),
    whole("ingen hoveddiagnose", person(diagnoses=["S72.0"]), notes=["no_main_diagnosis"]),
)

NEXT_QUESTION = (
    whole("ingenting er kjent: det som kan avgjøre flest, og først i skjemaet", person(), ask_next="age"),
    whole("80 år, ellers ingenting: levetid står før CFS i skjemaet", older(), ask_next="terminal_illness"),
    whole(
        "bare stedet pasienten skrives ut til er ikke kjent",
        older(
            **{**NO_SIGNS, **NO_PALLIATIVE},
            cfs_clinician=6,
            badl_help=["bathe"],
            dementia_stage="none",
            weight_loss=False,
            living_alone=True,
            admissions_last_12_months=0,
            residence="home",
            municipal_services=["home_nursing"],
            need_after_discharge="unchanged",
            can_coordinate="good",
            diagnoses=[main("I50.9")],
        ),
        ask_next="discharge_to",
    ),
)

WHOLE = (*TRACKS, *TEAM_LIST, *PATHWAYS, *COORDINATION_GROUPS, *NOTES, *NEXT_QUESTION)
