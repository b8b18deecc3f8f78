"""Each score of the specification, with its limits, its exceptions and what is unknown."""

from datetime import timedelta

from rules.case import Medicine
from tests.spec.people import HARMLESS, ON, as_needed, course, dosed, icpc, main, older, person, uncoded
from tests.spec.statements import between, is_, score

NOTHING_ELSE = {"terminal_illness": False, "badl_help": [], "iadl_help": []}
WELL = {**NOTHING_ELSE, "chronic_conditions": 2}

FRAILTY_SCORES = (
    *score(
        "cfs_tree",
        is_(
            9,
            "forventet levetid under seks måneder og hjelp til to av fem",
            person(terminal_illness=True, badl_help=["eat", "walk"]),
        ),
        is_(
            8,
            "forventet levetid under seks måneder og hjelp til tre",
            person(terminal_illness=True, badl_help=["eat", "walk", "bathe"]),
        ),
        is_(7, "hjelp til tre i personlig stell", person(terminal_illness=False, badl_help=["eat", "walk", "bathe"])),
        is_(6, "hjelp til én i personlig stell", person(terminal_illness=False, badl_help=["bathe"])),
        is_(
            6,
            "hjelp til fem praktiske gjøremål",
            person(
                terminal_illness=False,
                badl_help=[],
                iadl_help=["shopping", "meals", "housework", "medication", "money"],
            ),
        ),
        is_(5, "hjelp til ett praktisk gjøremål", person(terminal_illness=False, badl_help=[], iadl_help=["money"])),
        is_(4, "ti kroniske tilstander", person(**NOTHING_ELSE, chronic_conditions=10)),
        is_(4, "nokså god helse", person(**WELL, self_rated_health="fair")),
        is_(
            4,
            "alt er et ork nesten hele tiden",
            person(**WELL, self_rated_health="good", everything_is_an_effort="all"),
        ),
        is_(
            1,
            "utmerket helse, sjelden et ork, anstrengende aktivitet",
            person(**WELL, self_rated_health="excellent", everything_is_an_effort="rarely", vigorous_activity=True),
        ),
        is_(
            2,
            "utmerket helse, sjelden et ork, ikke anstrengende aktivitet",
            person(**WELL, self_rated_health="excellent", everything_is_an_effort="rarely", vigorous_activity=False),
        ),
        is_(
            2,
            "utmerket helse, av og til et ork, anstrengende aktivitet",
            person(**WELL, self_rated_health="excellent", everything_is_an_effort="sometimes", vigorous_activity=True),
        ),
        is_(
            3,
            "god helse, av og til et ork, ikke anstrengende aktivitet",
            person(**WELL, self_rated_health="good", everything_is_an_effort="sometimes", vigorous_activity=False),
        ),
        between(1, 9, "ingenting er spurt om", person()),
        between(7, 8, "hjelp til tre, levetid ikke vurdert", person(badl_help=["eat", "walk", "bathe"])),
        between(
            7,
            8,
            "hjelp til tre er nok, selv om resten ikke er spurt om",
            person(badl_help={"eat": True, "walk": True, "bathe": True}),
        ),
        between(
            6, 7, "hjelp til én, de andre fire ikke spurt om", person(terminal_illness=False, badl_help={"bathe": True})
        ),
        between(6, 9, "hjelp til én, levetid ikke vurdert: 6 eller 9", person(badl_help=["bathe"])),
        between(
            2,
            3,
            "god helse, aktivitet ikke spurt om",
            person(**WELL, self_rated_health="good", everything_is_an_effort="rarely"),
        ),
        is_(
            6,
            "resten av treet trengs ikke når én trenger hjelp i stell",
            person(
                terminal_illness=False,
                badl_help={"bathe": True, "eat": False, "walk": False, "dress": False, "transfer": True},
            ),
        ),
    ),
    *score(
        "cfs",
        is_(4, "klinikerens nivå går foran treet", older(cfs_clinician=4, terminal_illness=False, badl_help=["bathe"])),
        is_(6, "uten klinikerens nivå brukes treet", older(terminal_illness=False, badl_help=["bathe"])),
        is_(6, "skåren vises også der den ikke er gyldig", person(age=50, cfs_clinician=6)),
    ),
    *score(
        "spict_count",
        between(1, 6, "ett tegn, resten ikke spurt om", person(spict_weight=True)),
        between(1, 5, "ett tegn og ett nei, resten ikke spurt om", person(spict_weight=True, spict_wish=False)),
    ),
)

MEDICINE_SCORES = (
    *score(
        "regular_medicines",
        is_(0, "ingen legemidler", person(medicines=[])),
        between(0, None, "legemidlene er ikke kjent", person()),
        is_(5, "fem faste", person(medicines=HARMLESS[:5])),
        is_(1, "inhalasjon teller", person(medicines=["R03AC13"])),
        is_(1, "kombinasjon med én ATC-kode teller én gang", person(medicines=["C09BA02"])),
        is_(1, "samme virkestoff to ganger teller én gang", person(medicines=["C07AB02", "C07AB02"])),
        is_(0, "ved behov teller ikke her", person(medicines=[as_needed("N02BE01")])),
        is_(0, "hudmidler teller ikke", person(medicines=["D07AC01"])),
        is_(3, "men D01B, D05B og D10B teller", person(medicines=["D01BA02", "D05BB02", "D10BA01"])),
        is_(0, "midler for øye og øre teller ikke", person(medicines=["S01ED01", "S02AA01", "S03AA01"])),
        is_(1, "men S01EC teller", person(medicines=["S01EC01"])),
        is_(
            0,
            "munn- og tannmidler, lokale muskelmidler og vaksiner teller ikke",
            person(medicines=["A01AA01", "M02AA15", "J07BB02"]),
        ),
        is_(0, "en kur på 29 dager teller ikke", person(medicines=[course("J01CA08", 29)])),
        is_(1, "30 dager er ikke en kur", person(medicines=[course("J01CA08", 30)])),
        is_(
            0,
            "avsluttet i går",
            person(medicines=[Medicine(atc="C07AB02", use="regular", stop=ON - timedelta(days=1))]),
        ),
        is_(
            0,
            "starter i morgen",
            person(medicines=[Medicine(atc="C07AB02", use="regular", start=ON + timedelta(days=1))]),
        ),
        is_(
            1,
            "siste dag av en lang behandling teller",
            person(medicines=[Medicine(atc="C07AB02", use="regular", start=ON - timedelta(days=60), stop=ON)]),
        ),
        is_(1, "uten ATC-kode teller som ett", person(medicines=[uncoded()])),
        is_(2, "to uten ATC-kode teller som to", person(medicines=[uncoded(), uncoded("Tran")])),
        is_(1, "en ufullstendig ATC-kode er ingen brukbar kode, og teller som ett", person(medicines=["C07"])),
        between(0, 1, "ikke kjent om det er fast", person(medicines=[Medicine(atc="C07AB02")])),
        between(
            0,
            1,
            "sluttdato uten startdato: ikke kjent om det er en kur",
            person(medicines=[Medicine(atc="C07AB02", use="regular", stop=ON + timedelta(days=3))]),
        ),
    ),
    *score(
        "as_needed_medicines",
        is_(1, "ved behov telles for seg", person(medicines=[*HARMLESS[:2], as_needed("N02AA01")])),
        is_(0, "bare faste", person(medicines=HARMLESS)),
        between(0, None, "legemidlene er ikke kjent", person()),
        between(0, 1, "ikke kjent om det er ved behov", person(medicines=[Medicine(atc="C07AB02")])),
    ),
    *score(
        "norgep_hits",
        is_(1, "diazepam", person(residence="home", medicines=["N05BA01"])),
        is_(0, "oksazepam 30 mg i døgnet", person(residence="home", medicines=[dosed("N05BA04", 30)])),
        is_(1, "oksazepam 45 mg i døgnet", person(residence="home", medicines=[dosed("N05BA04", 45)])),
        is_(
            1,
            "oksazepam på to linjer, til sammen 40 mg",
            person(residence="home", medicines=[dosed("N05BA04", 15), dosed("N05BA04", 25)]),
        ),
        between(0, 1, "oksazepam uten dose", person(residence="home", medicines=["N05BA04"])),
        is_(0, "zopiklon 7,5 mg hjemme", person(residence="home", medicines=[dosed("N05CF01", 7.5)])),
        is_(
            2,
            "zopiklon 7,5 mg fast på sykehjem: over 5 mg, og fast sovemiddel",
            person(residence="care_home", medicines=[dosed("N05CF01", 7.5)]),
        ),
        is_(
            1,
            "zopiklon 5 mg fast på sykehjem: fast sovemiddel",
            person(residence="care_home", medicines=[dosed("N05CF01", 5)]),
        ),
        is_(
            0,
            "zopiklon 5 mg ved behov på sykehjem",
            person(residence="care_home", medicines=[Medicine(atc="N05CF01", use="as_needed", dose=5, unit="mg")]),
        ),
        is_(1, "korttidsplass bruker listen for sykehjem", person(residence="short_term_care", medicines=["M01AE01"])),
        is_(
            0, "omsorgsbolig bruker listen for hjemmeboende", person(residence="adapted_housing", medicines=["M01AE01"])
        ),
        is_(0, "bosted ikke kjent: listen for hjemmeboende", person(medicines=["M01AE01"])),
        is_(0, "glukosamin regnes ikke som NSAID", person(residence="care_home", medicines=["M01AX05"])),
        is_(1, "NSAID og diuretikum", person(residence="home", medicines=["M01AE01", "C03CA01"])),
        is_(1, "NSAID og betablokker med diuretikum", person(residence="home", medicines=["M01AE01", "C07BB02"])),
        is_(
            2,
            "NSAID og ACE-hemmer med diuretikum: to kriterier",
            person(residence="home", medicines=["M01AE01", "C09BA02"]),
        ),
        is_(2, "NSAID og C09BX01: to kriterier", person(residence="home", medicines=["M01AE01", "C09BX01"])),
        is_(2, "NSAID og C09DX01: to kriterier", person(residence="home", medicines=["M01AE01", "C09DX01"])),
        is_(
            1, "tre sentralt virkende legemidler", person(residence="home", medicines=["N02AA01", "N06AB04", "N05AX08"])
        ),
        is_(0, "to sentralt virkende legemidler", person(residence="home", medicines=["N02AA01", "N06AB04"])),
        is_(
            0,
            "punktene om nedtrapping på sykehjem teller ikke",
            person(residence="care_home", medicines=["C10AA05", "N06AB04"]),
        ),
        between(
            0, None, "et legemiddel uten kode kan være hva som helst", person(residence="home", medicines=[uncoded()])
        ),
        between(0, None, "legemidlene er ikke kjent", person(residence="home")),
    ),
    *score(
        "fall_risk_medicines",
        is_(2, "furosemid og zopiklon", person(medicines=["C03CA01", "N05CF01"])),
        is_(1, "ved behov teller", person(medicines=[as_needed("N05CF01")])),
        is_(0, "litium regnes ikke med antipsykotika", person(medicines=["N05AN01"])),
        is_(1, "samme virkestoff to ganger teller én gang", person(medicines=["N05CF01", as_needed("N05CF01")])),
        between(1, None, "furosemid, og ett uten kode", person(medicines=["C03CA01", uncoded()])),
    ),
)

COMORBIDITY_SCORES = (
    *score(
        "bidiagnoses",
        is_(2, "hoveddiagnose og to til", person(diagnoses=[main("S72.0"), "I50.9", "J44.9"])),
        is_(1, "samme kode to ganger teller én gang", person(diagnoses=[main("S72.0"), "I50.9", "I50.9"])),
        is_(
            1,
            "hoveddiagnosen som også står som bidiagnose teller ikke",
            person(diagnoses=[main("S72.0"), "S72.0", "I50.9"]),
        ),
        is_(0, "ingen diagnoser", person(diagnoses=[])),
        between(2, 3, "tre koder, ingen merket som hoveddiagnose", person(diagnoses=["S72.0", "I50.9", "J44.9"])),
        between(1, None, "én kode fra ICPC-2", person(diagnoses=[main("S72.0"), "I50.9", icpc("K77")])),
        between(0, None, "diagnosene er ikke kjent", person()),
    ),
    *score(
        "charlson",
        is_(4, "hjertesvikt og demens", person(diagnoses=["I50.9", "F00.1"])),
        is_(1, "diabetes med komplikasjon slår ut diabetes uten", person(diagnoses=["E11.9", "E11.2"])),
        is_(4, "alvorlig leversykdom slår ut mild", person(diagnoses=["K74.6", "K76.6"])),
        is_(6, "metastaser slår ut kreft", person(diagnoses=["C50.9", "C78.0"])),
        is_(0, "hjerteinfarkt veier 0 i 2011", person(diagnoses=["I21.0"])),
        between(2, None, "hjertesvikt, og en kode fra ICPC-2", person(diagnoses=["I50.9", icpc("K77")])),
        between(0, None, "diagnosene er ikke kjent", person()),
    ),
    *score(
        "charlson_1987",
        is_(2, "hjertesvikt og demens", person(diagnoses=["I50.9", "F00.1"])),
        is_(2, "diabetes med komplikasjon slår ut diabetes uten", person(diagnoses=["E11.9", "E11.2"])),
        is_(3, "alvorlig leversykdom slår ut mild", person(diagnoses=["K74.6", "K76.6"])),
    ),
    *score(
        "charlson_age_adjusted",
        is_(1, "49 år: ingen tillegg", person(age=49, diagnoses=["I50.9"])),
        is_(2, "50 år: ett poeng", person(age=50, diagnoses=["I50.9"])),
        is_(4, "79 år: tre poeng", person(age=79, diagnoses=["I50.9"])),
        is_(5, "80 år: fire poeng", person(age=80, diagnoses=["I50.9"])),
        is_(5, "95 år: høyst fire poeng", person(age=95, diagnoses=["I50.9"])),
        between(1, 5, "alder ikke kjent", person(diagnoses=["I50.9"])),
    ),
    *score(
        "hfrs",
        is_(None, "74 år: gjelder ikke", person(age=74, diagnoses=["F00.1"])),
        is_(7.1, "75 år med demens", person(age=75, diagnoses=["F00.1"])),
        is_(7.1, "samme tre tegn to ganger teller én gang", person(age=80, diagnoses=["F00.1", "F00.9"])),
        is_(5.0, "G30 og E55 er nøyaktig 5,0", person(age=80, diagnoses=["G30.1", "E55.9"])),
        between(7.1, None, "demens, og en kode fra ICPC-2", person(age=80, diagnoses=["F00.1", icpc("P70")])),
        between(0, None, "diagnosene er ikke kjent", person(age=80)),
    ),
    *score(
        "chronic_groups",
        is_(2, "hjertesvikt og kols", person(diagnoses=["I50.9", "J44.9"])),
        is_(1, "I11 står i to grupper og teller i den første: høyt blodtrykk", person(diagnoses=["I11.0"])),
        is_(1, "to koder i samme gruppe teller én gang", person(diagnoses=["I10", "I11.0"])),
        is_(0, "urinveisinfeksjon er ikke kronisk", person(diagnoses=["N39.0"])),
        is_(1, "urininkontinens er kronisk", person(diagnoses=["N39.3"])),
        between(1, None, "hjertesvikt, og en kode fra ICPC-2", person(diagnoses=["I50.9", icpc("K77")])),
        between(0, None, "diagnosene er ikke kjent", person()),
    ),
)

SCORES = (*FRAILTY_SCORES, *MEDICINE_SCORES, *COMORBIDITY_SCORES)
