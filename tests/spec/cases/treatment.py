"""Medicines, falls, nutrition, delirium and cognition: a case where each rule holds, does not, and is undecided."""

from rules.case import Medicine
from tests.spec.people import HARMLESS, as_needed, course, older, person, uncoded
from tests.spec.statements import does_not, holds, rule, unknown

STEADY = {"falls_last_12_months": 0, "recent_function_decline": False}

TREATMENT = (
    *rule(
        "medication_review",
        holds("fem faste legemidler og CFS 5", older(medicines=HARMLESS[:5], cfs_clinician=5)),
        holds("fem faste legemidler og ett fall", person(medicines=HARMLESS[:5], falls_last_12_months=1)),
        holds(
            "fem faste legemidler og nylig funksjonsfall", person(medicines=HARMLESS[:5], recent_function_decline=True)
        ),
        holds("bare diazepam: et NORGEP-treff er nok", person(medicines=["N05BA01"], residence="home")),
        holds("diazepam ved behov teller også", person(medicines=[as_needed("N05BA01")], residence="home")),
        holds("diazepam, bosted ikke kjent: treff på begge listene", person(medicines=["N05BA01"])),
        does_not(
            "fem faste legemidler, CFS 4 og verken fall eller funksjonsfall",
            older(medicines=HARMLESS[:5], cfs_clinician=4, residence="home", **STEADY),
        ),
        does_not(
            "fire faste legemidler, CFS 7 og fall",
            older(medicines=HARMLESS[:4], cfs_clinician=7, falls_last_12_months=2, residence="home"),
        ),
        does_not("ingen legemidler", person(medicines=[])),
        unknown(
            "fem faste legemidler og CFS 4, fall ikke spurt om",
            older(medicines=HARMLESS[:5], cfs_clinician=4, recent_function_decline=False, residence="home"),
            missing="falls_last_12_months",
        ),
        unknown("legemidlene og bostedet er ikke kjent", older(cfs_clinician=6), missing="residence medicines"),
        unknown(
            "oksazepam med ukjent dose",
            older(medicines=["N05BA04"], cfs_clinician=4, residence="home", **STEADY),
            missing="medicines",
        ),
        unknown(
            "teofyllin, bosted ikke kjent: treff bare på listen for hjemmeboende",
            older(medicines=["R03DA04"], cfs_clinician=4, **STEADY),
            missing="residence",
        ),
        unknown(
            "et legemiddel uten kode kan være hva som helst",
            older(medicines=[uncoded()], cfs_clinician=4, residence="home", **STEADY),
            missing="medicines",
        ),
    ),
    *rule(
        "medication_review_gp",
        holds("fire faste legemidler", person(medicines=HARMLESS[:4])),
        does_not("tre faste legemidler", person(medicines=HARMLESS[:3])),
        does_not("tre faste legemidler, og ett ved behov", person(medicines=[*HARMLESS[:3], as_needed("A06AD11")])),
        unknown("legemidlene er ikke kjent", person(), missing="medicines"),
        unknown(
            "tre faste legemidler, og ett der det ikke står om det er fast",
            person(medicines=[*HARMLESS[:3], Medicine(atc="A06AD11")]),
            missing="medicines",
        ),
    ),
    *rule(
        "pharmacist_review",
        holds("ti faste legemidler", person(medicines=HARMLESS)),
        does_not("ni faste legemidler", person(medicines=HARMLESS[:9])),
        does_not("ni faste legemidler og en kur", person(medicines=[*HARMLESS[:9], course("J01CA08", 7)])),
        unknown("legemidlene er ikke kjent", person(), missing="medicines"),
    ),
    *rule(
        "fall_prevention",
        holds("ett fall", person(falls_last_12_months=1)),
        holds("furosemid og CFS 4", older(medicines=["C03CA01"], cfs_clinician=4)),
        does_not(
            "ingen fall, furosemid og CFS 3", older(falls_last_12_months=0, medicines=["C03CA01"], cfs_clinician=3)
        ),
        does_not(
            "ingen fall, CFS 6 og ingen legemidler som øker fallfaren",
            older(falls_last_12_months=0, medicines=["A10BA02"], cfs_clinician=6),
        ),
        does_not(
            "ingen fall og furosemid hos en på 60 år: CFS gjelder ikke",
            person(age=60, falls_last_12_months=0, medicines=["C03CA01"], cfs_clinician=6),
        ),
        unknown(
            "furosemid og CFS 3, fall ikke spurt om",
            older(medicines=["C03CA01"], cfs_clinician=3),
            missing="falls_last_12_months",
        ),
        unknown(
            "ingen fall og furosemid, CFS ikke satt",
            older(falls_last_12_months=0, medicines=["C03CA01"]),
            missing="terminal_illness cfs_clinician",
        ),
    ),
    *rule(
        "nutrition",
        holds("MST 2", person(mst=2)),
        holds("vekttap", person(weight_loss=True)),
        does_not("MST 1 og ikke vekttap", person(mst=1, weight_loss=False)),
        unknown("MST 1, vekttap ikke spurt om", person(mst=1), missing="weight_loss"),
        unknown("ikke vekttap, MST ikke tatt", person(weight_loss=False), missing="mst"),
    ),
    *rule(
        "delirium",
        holds("4AT 4", person(four_at=4)),
        does_not("4AT 3", person(four_at=3)),
        unknown("4AT ikke tatt", person(), missing="four_at"),
    ),
    *rule(
        "cognition_check",
        holds("4AT 1", person(four_at=1)),
        holds("4AT 3", person(four_at=3)),
        does_not("4AT 0", person(four_at=0)),
        does_not("4AT 4", person(four_at=4)),
        unknown("4AT ikke tatt", person(), missing="four_at"),
    ),
    *rule(
        "dementia_follow_up",
        holds("mild demens", person(dementia_stage="mild")),
        holds("svært alvorlig demens", person(dementia_stage="very_severe")),
        does_not("ingen demens", person(dementia_stage="none")),
        unknown("graden av demens er ikke kjent", person(), missing="dementia_stage"),
    ),
)
