"""The stay and the way home: a case where each rule holds, does not, and is undecided."""

from tests.spec.people import icpc, main, older, person
from tests.spec.statements import does_not, holds, rule, unknown

NINE = ("S72.0", "I50.9", "J44.9", "E11.9", "N18.3", "I10", "M81.9", "H90.3", "F32.9")
THREE_SECONDARY, FOUR_SECONDARY, SIX_SECONDARY, SEVEN_SECONDARY = (
    [main(NINE[0]), *NINE[1 : 1 + many]] for many in (3, 4, 6, 7)
)
ROBUST = {"cfs_clinician": 2, "terminal_illness": False}
NO_C = {**ROBUST, "diagnoses": []}
HOME_NURSING = {"municipal_services": ["home_nursing"]}

DISCHARGE = (
    *rule(
        "long_stay_risk",
        holds("fire bidiagnoser", person(diagnoses=FOUR_SECONDARY)),
        does_not("tre bidiagnoser", person(diagnoses=THREE_SECONDARY)),
        does_not("samme kode to ganger teller én gang", person(diagnoses=[*THREE_SECONDARY, "I50.9"])),
        unknown("diagnosene er ikke kjent", person(), missing="conditions"),
        unknown("fire koder, ingen merket som hoveddiagnose", person(diagnoses=NINE[:4]), missing="conditions"),
        unknown(
            "tre bidiagnoser, og en kode fra ICPC-2",
            person(diagnoses=[*THREE_SECONDARY, icpc("K77")]),
            missing="conditions",
        ),
    ),
    *rule(
        "high_long_stay_risk",
        holds("sju bidiagnoser", person(diagnoses=SEVEN_SECONDARY)),
        does_not("seks bidiagnoser", person(diagnoses=SIX_SECONDARY)),
        unknown("diagnosene er ikke kjent", person(), missing="conditions"),
        unknown("sju koder, ingen merket som hoveddiagnose", person(diagnoses=NINE[:7]), missing="conditions"),
    ),
    *rule(
        "municipal_notice",
        holds("samme behov som før", person(need_after_discharge="unchanged")),
        holds("økt behov", person(need_after_discharge="increased")),
        does_not("ikke behov for hjelp", person(need_after_discharge="none")),
        unknown("behovet er ikke avklart", person(), missing="need_after_discharge"),
    ),
    *rule(
        "unknown_to_municipality",
        holds("bor hjemme uten tjenester", person(residence="home", municipal_services=[])),
        holds("bor hjemme, bare med trygghetsalarm", person(residence="home", municipal_services=["safety_alarm"])),
        holds(
            "bor i omsorgsbolig, med trygghetsalarm, matombringing og multidose",
            person(residence="adapted_housing", municipal_services=["safety_alarm", "meals_on_wheels", "multidose"]),
        ),
        does_not("bor på sykehjem", person(residence="care_home")),
        does_not("hjemmesykepleie er kjent, resten ikke", person(municipal_services={"home_nursing": True})),
        does_not(
            "trygghetsalarm og praktisk bistand",
            person(residence="home", municipal_services=["safety_alarm", "practical_help"]),
        ),
        unknown("tjenestene er ikke kjent", person(residence="home"), missing="municipal_services"),
        unknown("bostedet er ikke kjent", person(municipal_services=[]), missing="residence"),
        unknown(
            "trygghetsalarm er krysset av, ingen har sagt at det er alt",
            person(residence="home", municipal_services={"safety_alarm": True}),
            missing="municipal_services",
        ),
    ),
    *rule(
        "early_warning",
        holds(
            "bor hjemme uten tjenester, økt behov",
            person(residence="home", municipal_services=[], need_after_discharge="increased"),
        ),
        does_not("samme behov som før", person(need_after_discharge="unchanged")),
        does_not("bor på sykehjem, økt behov", person(residence="care_home", need_after_discharge="increased")),
        unknown(
            "bor hjemme uten tjenester, behovet ikke avklart",
            person(residence="home", municipal_services=[]),
            missing="need_after_discharge",
        ),
    ),
    *rule(
        "pathway_c",
        holds("CFS 6", older(cfs_clinician=6)),
        holds("forventet levetid under seks måneder, også ved 50 år", person(age=50, terminal_illness=True)),
        holds(
            "to grupper av kroniske tilstander og økt behov, ved 50 år",
            person(age=50, diagnoses=["I50.9", "J44.9"], need_after_discharge="increased"),
        ),
        does_not(
            "CFS 2 og én gruppe av kroniske tilstander",
            older(**ROBUST, diagnoses=["I50.9"], need_after_discharge="increased"),
        ),
        does_not(
            "CFS 2, to grupper og samme behov som før",
            older(**ROBUST, diagnoses=["I50.9", "J44.9"], need_after_discharge="unchanged"),
        ),
        unknown(
            "CFS 2 og to grupper, behovet ikke avklart",
            older(**ROBUST, diagnoses=["I50.9", "J44.9"]),
            missing="need_after_discharge",
        ),
        unknown(
            "CFS 2 og økt behov, diagnosene ikke kjent",
            older(**ROBUST, need_after_discharge="increased"),
            missing="conditions",
        ),
    ),
    *rule(
        "pathway_b",
        holds("CFS 2, hjemmesykepleie og samme behov", older(**NO_C, **HOME_NURSING, need_after_discharge="unchanged")),
        does_not("CFS 6: forløp C går foran", older(cfs_clinician=6, **HOME_NURSING, need_after_discharge="unchanged")),
        does_not("CFS 2 uten tjenester", older(**NO_C, municipal_services=[], need_after_discharge="unchanged")),
        does_not("CFS 2 og økt behov", older(**NO_C, **HOME_NURSING, need_after_discharge="increased")),
        does_not("60 år: CFS gjelder ikke", person(age=60, **NO_C, **HOME_NURSING, need_after_discharge="unchanged")),
        unknown(
            "CFS 2 og samme behov, tjenestene ikke kjent",
            older(**NO_C, need_after_discharge="unchanged"),
            missing="municipal_services",
        ),
    ),
    *rule(
        "pathway_a",
        holds("CFS 2 og ikke behov for hjelp", older(**NO_C, need_after_discharge="none")),
        does_not("CFS 6: forløp C går foran", older(cfs_clinician=6, need_after_discharge="none")),
        does_not("samme behov som før", older(need_after_discharge="unchanged")),
        does_not("60 år: CFS gjelder ikke", person(age=60, **NO_C, need_after_discharge="none")),
        unknown(
            "ikke behov for hjelp, CFS 2, levetid ikke vurdert",
            older(cfs_clinician=2, need_after_discharge="none"),
            missing="terminal_illness",
        ),
    ),
    *rule(
        "pathway_decide",
        holds(
            "CFS 2 og samme behov, men ingen tjenester fra før",
            older(**NO_C, municipal_services=[], need_after_discharge="unchanged"),
        ),
        holds("CFS 2 og økt behov", older(**NO_C, need_after_discharge="increased")),
        holds("60 år og ikke behov for hjelp", person(age=60, **NO_C, need_after_discharge="none")),
        does_not("forløp A passer", older(**NO_C, need_after_discharge="none")),
        does_not("forløp C passer", older(cfs_clinician=6)),
        unknown(
            "CFS 2 og samme behov, tjenestene ikke kjent: forløp B er ikke avgjort",
            older(**NO_C, need_after_discharge="unchanged"),
            missing="municipal_services",
        ),
    ),
    *rule(
        "coordinator",
        holds("forløp C og begrenset evne til å samordne", older(cfs_clinician=6, can_coordinate="limited")),
        holds("sju bidiagnoser", person(diagnoses=SEVEN_SECONDARY)),
        does_not(
            "forløp C, god evne og seks bidiagnoser",
            older(cfs_clinician=6, can_coordinate="good", diagnoses=SIX_SECONDARY),
        ),
        does_not("begrenset evne, men ikke forløp C", older(**NO_C, can_coordinate="limited")),
        unknown("forløp C, evnen ikke kjent", older(cfs_clinician=6, diagnoses=[]), missing="can_coordinate"),
    ),
    *rule(
        "high_user",
        holds("tre innleggelser", person(admissions_last_12_months=3)),
        does_not("to innleggelser", person(admissions_last_12_months=2)),
        unknown("innleggelser ikke kjent", person(), missing="admissions_last_12_months"),
    ),
    *rule(
        "lonely_at_home",
        holds("bor alene, CFS 5, skal hjem", older(living_alone=True, cfs_clinician=5, discharge_to="home")),
        does_not("bor sammen med noen", older(living_alone=False, cfs_clinician=5, discharge_to="home")),
        does_not("CFS 4", older(living_alone=True, cfs_clinician=4, discharge_to="home")),
        does_not("skal på korttidsplass", older(living_alone=True, cfs_clinician=5, discharge_to="short_term_care")),
        unknown("ikke kjent hvor pasienten skal", older(living_alone=True, cfs_clinician=5), missing="discharge_to"),
    ),
)
