"""Every page of the application in each of its states.

A route that answers a page and is not here fails `test_every_page_of_the_application_is_in_the_table`.
"""

from __future__ import annotations

from dataclasses import dataclass

from api.people.demo_issuer import SIGN_IN
from tests.browser.demo import Demo
from tests.browser.states import (
    View,
    cancels,
    dies,
    differs,
    fills,
    follows,
    forgets_why,
    impossible,
    keeps_a_draft,
    patient,
    says_nothing_of_it,
    scores,
    scores_otherwise,
    sends,
    wrong_token,
)
from tests.v1.people import number

SCREEN, ASSESSMENT = "/patients/{person}/screen", "/patients/{person}/assessment"
PLAN, HISTORY = "/patients/{person}/plan", "/patients/{person}/history"
MESSAGES, DRAFT = "/patients/{person}/messages", "/patients/{person}/messages/new/{kind}"
MESSAGE = "/patients/{person}/messages/{message}"
LIST, PRINTED_LIST = "/lists/{name}", "/lists/{name}/print"
SIMULATOR = "/styring/simulator"
NOWHERE = "/none"
NOBODY = "/patients/ffffffffffffffffffffffffffffffff/plan"
NO_NUMBER, FREE_NUMBER = "12345678901", number(0)

VIEWS: tuple[View, ...] = (
    View("/signin", "with the way in"),
    View("/signin", "after the session ended", path="/signin?ended=1&next=/tavle"),
    View(SIGN_IN, "with everyone of the demo", path="/signin/start"),
    View("/signed-out", "after signing out"),
    View("/smart/launch", "from a record system that is not known", path="/smart/launch?iss=x&launch=y", answers=403),
    View("/smart/callback", "of a launch that nobody began", answers=400),
    View("/tavle", "with the ward's patients", "ingrid"),
    View("/tavle", "of a ward without patients", "henrik", "/tavle?ward=demo/KIR1"),
    View("/tavle", "with wards to choose between", "henrik"),
    View("/tavle/device", "with a field for the token"),
    View("/tavle/device", "after a wrong token", does=wrong_token, answers=403),
    View("/examples", "with an example"),
    View("/examples/{name}", "with another example", path="/examples/3-felles-valg"),
    View("/examples/{name}/plan", "with the plan", path="/examples/3-felles-valg/plan"),
    View("/rules", "all of them", "ingrid"),
    View("/rules", "that are asked for", "ingrid", "/rules?q=fall"),
    View("/rules", "when none is what was asked for", "ingrid", "/rules?q=qqqq"),
    View("/rules/{rule}", "with its grounds", "henrik", "/rules/medication_review"),
    View("/rules/{rule}", "that there is none of", "ingrid", "/rules/none", answers=404),
    View(SIMULATOR, "with its form", "eskil"),
    View(SIMULATOR, "of two policies", "eskil", f"{SIMULATOR}?first=cfs-4&second=cfs-5&weeks=13", shows=".queue-chart"),
    View(SIMULATOR, "of one policy", "eskil", f"{SIMULATOR}?first=cfs-5&second=none&weeks=13", shows=".queue-chart"),
    View(SIMULATOR, "with a wrong number", "eskil", f"{SIMULATOR}?first=cfs-5&first-cga_places=x", answers=422),
    View("/styring", "with all figures", "eskil", shows="a[href='/styring/screened']"),
    View("/styring/{figure}", "over time", "eskil", "/styring/screened", shows="svg.chart"),
    View("/styring/{figure}", "part by part", "eskil", "/styring/stays?by=ward", shows="#period"),
    View("/styring/{figure}", "of one ward", "eskil", "/styring/stays?by=ward&part=GER2", shows="svg.chart"),
    View("/styring/{figure}", "with many columns", "eskil", "/styring/notice_weekday"),
    View("/styring/{figure}", "of which nothing may be shown", "eskil", "/styring/track_frail?by=ward", shows="p.told"),
    View("/styring/{figure}", "that there is none of", "eskil", "/styring/none", answers=404),
    View("/population", "of the nightly run", "eskil", shows="table.run"),
    View("/population", "of the nightly run, for the team", "henrik"),
    View("/tour", "for a newcomer", "ingrid"),
    View("/paper", "about the form on paper", "ingrid"),
    View("/paper/blank", "from the sign-in page"),
    View("/paper/form", "on the screen", "ingrid", "/paper/form?as=html"),
    View(NOWHERE, "that there is none of", "ingrid", answers=404),
    View(LIST, "of the team", "henrik", "/lists/team"),
    View(LIST, "of the ward's own", "ingrid", "/lists/team"),
    View(LIST, "narrowed", "henrik", "/lists/team?ward=demo/GER2&status=screened"),
    View(LIST, "narrowed to nobody", "henrik", "/lists/team?ward=demo/GER2&status=discharged"),
    View(LIST, "of the unscreened", "ingrid", "/lists/unscreened"),
    View(LIST, "of the unscreened by the registers too", "henrik", "/lists/unscreened", shows="table.others"),
    View(LIST, "of who is ready", "ingrid", "/lists/ready"),
    View(LIST, "of what is late", "ingrid", "/lists/late"),
    View(LIST, "of the coordinator", "solveig", "/lists/coordinator"),
    View(LIST, "of the municipality", "tariq", "/lists/municipality"),
    View(LIST, "of the practice", "marte", "/lists/practice"),
    View(LIST, "with nobody on it", "jonas", "/lists/ready"),
    View(LIST, "that there is none of", "ingrid", "/lists/none", answers=404),
    View(LIST, "of another role", "ingrid", "/lists/practice", answers=403),
    View(PRINTED_LIST, "on paper", "henrik", "/lists/team/print"),
    View("/find", "with the field", "ingrid"),
    View("/find", "of names", "ingrid", does=fills("#identity", "An")),
    View("/find", "of nobody by that name", "ingrid", does=fills("#identity", "Qqq"), shows="#found + p"),
    View("/find", "after a wrong number", "ingrid", does=fills("#identity", NO_NUMBER), answers=422),
    View("/find", "of someone elsewhere", "ingrid", does=fills("#identity", FREE_NUMBER), answers=404),
    View(
        "/find",
        "of someone elsewhere, for who opens nothing",
        "lena",
        does=fills("#identity", FREE_NUMBER),
        answers=404,
    ),
    View("/screen", "of someone new", "ingrid"),
    View(
        "/screen",
        "of someone new, with nothing written",
        "ingrid",
        does=sends("form.new-patient button"),
        answers=422,
    ),
    View(SCREEN, "not begun", "ingrid", of="unscreened"),
    View(SCREEN, "of a second rater", "amina", SCREEN + "?second=1", of="suggested"),
    View(SCREEN, "from paper", "ingrid", SCREEN + "?paper=1", of="unscreened"),
    View(SCREEN, "corrected", "ingrid", of="suggested"),
    View(SCREEN, "with an answer that cannot be", "ingrid", of="unscreened", does=impossible, answers=422),
    View(
        SCREEN,
        "begun by a colleague",
        "amina",
        of="unscreened",
        after=View(SCREEN, "kept as a draft", "ingrid", of="unscreened", does=keeps_a_draft),
        shows="form.begun",
    ),
    View(
        SCREEN,
        "asking why the tree is not right",
        "ingrid",
        of="partly_known",
        does=differs,
        answers=422,
        shows="#e-reason",
    ),
    View(
        SCREEN,
        "looked over without a script before it is signed",
        "ingrid",
        of="suggested",
        does=scores_otherwise,
        shows="#look",
    ),
    View(SCREEN, "scored again at home", "tariq", SCREEN + "?again=1", of="evaluated", shows="details.along"),
    View(ASSESSMENT, "of nobody screened", "ingrid", of="unscreened"),
    View(ASSESSMENT, "with suggestions", "henrik", of="suggested"),
    View(ASSESSMENT, "with an interval", "ingrid", of="asked"),
    View(ASSESSMENT, "with a choice to make", "amina", of="choosing"),
    View(
        ASSESSMENT, "after a choice of nothing", "amina", of="choosing", does=sends("form.choose button"), answers=422
    ),
    View(
        ASSESSMENT,
        "after an override without a reason",
        "henrik",
        of="suggested",
        does=sends("form.override button"),
        answers=422,
    ),
    View(ASSESSMENT, "of someone who left undecided", "henrik", of="left_undecided"),
    View(ASSESSMENT, "with the plan begun", "amina", of="going_home"),
    View(ASSESSMENT, "of someone who came back", "ingrid", of="paused"),
    View(
        ASSESSMENT + "/{named}",
        "as it was",
        "tariq",
        ASSESSMENT,
        of="scored_again",
        does=follows("[aria-labelledby=versions] a"),
    ),
    View(PLAN, "without a plan", "ingrid", of="suggested"),
    View(PLAN, "in hospital", "amina", of="going_home"),
    View(PLAN, "with a late visit", "tariq", of="at_home"),
    View(PLAN, "up for evaluation", "tariq", of="evaluated"),
    View(PLAN, "closed", "tariq", of="closed"),
    View(PLAN, "that rests", "ingrid", of="paused"),
    View(PLAN, "of someone who died", "tariq", of="died"),
    View(
        PLAN,
        "after a form with nothing in it",
        "tariq",
        of="at_home",
        does=sends("form:has([value=close_plan]) button"),
        answers=422,
    ),
    View(PLAN, "with a day to set", "ingrid", of="undated", shows="form:has([value=set_date])"),
    View(
        PLAN,
        "after a day that was left out",
        "ingrid",
        of="undated",
        does=sends("form:has([value=set_date]) button"),
        answers=422,
    ),
    View(
        PLAN,
        "asking whether no point of a checklist is true",
        "tariq",
        of="at_home",
        does=sends(".row[id*=HPH2] form:has([name=form][value=done]) button:not([name])"),
        answers=422,
        shows="[name=sure]",
    ),
    View(PLAN, "of someone the municipality awaits", "tariq", of="awaited", shows="form#receipt"),
    View(
        PLAN,
        "after the municipality received it",
        "tariq",
        of="awaited",
        does=follows("#receipt button"),
        shows="#receipt form:has([value=undo])",
    ),
    View(
        PLAN,
        "with a new score to renew from",
        "tariq",
        SCREEN + "?again=1",
        of="evaluated",
        does=scores(6),
        shows="form:has([value=renew_plan])",
    ),
    View(
        PLAN,
        "that rests on what was corrected",
        "amina",
        SCREEN,
        of="going_home",
        does=scores(6, then="plan"),
        shows="#corrected",
    ),
    View(PLAN, "of nobody", "ingrid", NOBODY, answers=404),
    View(PLAN + "/{key}", "of a step", "tariq", PLAN, of="at_home", does=follows(".elsewhere a")),
    View(MESSAGES, "with none", "ingrid", of="unscreened"),
    View(MESSAGES, "with a log", "amina", of="going_home"),
    View(MESSAGES, "of the municipality", "tariq", of="at_home"),
    View(MESSAGES, "after death", "tariq", of="died"),
    View(MESSAGES, "after a deviation without words", "amina", of="lacking", does=says_nothing_of_it, answers=422),
    View(DRAFT, "with missing parts", "amina", MESSAGES + "/new/epikrise", of="going_home"),
    View(DRAFT, "of a notice with something to add", "ingrid", MESSAGES + "/new/helseopplysninger", of="suggested"),
    View(DRAFT, "of nobody screened", "ingrid", MESSAGES + "/new/helseopplysninger", of="unscreened"),
    View(DRAFT, "after death", "tariq", MESSAGES + "/new/helseopplysninger_til_lege", of="died"),
    View(
        DRAFT,
        "approved with what it lacks unseen",
        "amina",
        MESSAGES + "/new/epikrise",
        of="going_home",
        does=sends("button[value=approve]"),
        answers=422,
    ),
    View(DRAFT, "of another role", "ingrid", MESSAGES + "/new/epikrise", of="going_home", answers=403),
    View(MESSAGE, "final", "amina", MESSAGES, of="going_home", does=follows("ol.log a")),
    View(MESSAGE, "cancelled", "amina", MESSAGES, of="going_home", does=cancels),
    View(MESSAGE, "taken back without a reason", "amina", MESSAGES, of="going_home", does=forgets_why, answers=422),
    View(HISTORY, "in hospital", "amina", of="going_home"),
    View(HISTORY, "at home", "tariq", of="at_home"),
    View(HISTORY, "of someone who died", "tariq", of="died"),
    View(HISTORY, "without content", "lena", of="going_home"),
    View(HISTORY, "asking whether one is sure", "amina", of="going_home", does=dies),
    View(
        HISTORY,
        "after a form with nothing in it",
        "amina",
        of="going_home",
        does=sends("form:has([value=moved]) button"),
        answers=422,
    ),
    View("/history/left", "after the patient left", "ingrid"),
    View("/devices", "with a screen", "lena"),
    View("/devices", "of another role", "ingrid", answers=403),
    View("/retractions", "with something retracted", "lena"),
    View(
        "/patients/{person}/access-log",
        "on the screen",
        "lena",
        "/patients/{person}/access-log?language=nb",
        of="at_home",
    ),
    View("/patients/{person}/access-log", "of another role", "ingrid", of="going_home", answers=403),
    View(
        "/patients/{person}/print",
        "on the screen",
        "tariq",
        "/patients/{person}/print?what=clinician&language=nb&as=html",
        of="at_home",
    ),
)


@dataclass(frozen=True)
class Else:
    """A route that leads on, or answers something else than a page, and how it is asked for."""

    route: str
    path: str = ""
    person: str = "ingrid"
    of: str = "going_home"

    def __str__(self) -> str:
        return self.route

    def address(self, demo: Demo) -> str:
        """Return the path to ask for."""
        return (self.path or self.route).replace("{person}", patient(demo, self.of))


NO_PAGES: tuple[Else, ...] = (
    Else("/"),
    Else("/health"),
    Else("/metrics"),
    Else("/signin/start"),
    Else("/signin/callback", "/signin/callback?state=x"),
    Else("/print/{sheet}.css", "/print/plan.css"),
    Else("/tavle/refresh.js"),
    Else("/tavle/device.js"),
    Else("/screen/form.js"),
    Else("/ward/copy.js"),
    Else("/ward/print.js"),
    Else("/lists/{name}/csv", "/lists/team/csv"),
    Else("/styring.csv", person="eskil"),
    Else("/examples/{name}/plan.pdf", "/examples/1-hoftebrudd/plan.pdf"),
    Else("/examples/{name}/plan.ics", "/examples/1-hoftebrudd/plan.ics"),
    Else("/patients/{person}"),
    Else("/patients/{person}/visits.ics"),
    Else("/patients/{person}/access-log.pdf", person="lena"),
)
