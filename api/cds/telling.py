"""What there is to tell at each hook, before it is put in words: one thing, or nothing.

Nothing is told of someone too young for the scores, of someone dead, and where a person has acted on it already.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Literal

from pydantic_core import to_json

from api.cds.facts import UNREAD
from api.intake.fhir_tables import fhir_table
from api.record.signed import Known
from careplans.acceptance import shared_decision_rule
from rules.assessment import Assessment, Finding, ScoreResult
from rules.case import Case, Note, Rater
from rules.frailty import CGA_TEAM, PALLIATIVE_FOCUS, clinical_judgement, screening_indicated
from rules.items import cfs_clinician
from rules.limits import POLYPHARMACY

About = Literal["screen", "confirm", "ask", "track", "shared", "pathway", "unscreened", "undecided", "order"]
Indicator = Literal["info", "warning"]
Kind = Literal["screening", "referral"]
COUNTED = ("regular_medicines", "as_needed_medicines", "norgep_hits", "fall_risk_medicines")
HARM = ("norgep_hits", "fall_risk_medicines")
ROUTES = frozenset({CGA_TEAM, PALLIATIVE_FOCUS})
MOST_MISSING = 6
GONE = frozenset({"input_deceased", "input_patient_not_in_use"})
"""Notes that say that there is nobody to do anything for by this record."""

NO_EXTRA_HELP = "A"


@dataclass(frozen=True, slots=True)
class Offer:
    """Something that can be made at a click: the rule it follows from, and whether it is recommended."""

    rule: str
    kind: Kind
    recommended: bool = True


@dataclass(frozen=True, slots=True)
class Effect:
    """What new medicines change: what they are called, and what is found before and after."""

    names: tuple[str, ...]
    before: Assessment
    after: Assessment
    whole_list: bool
    coded: bool = True
    already: tuple[str, ...] = ()
    """Those that are on the list already."""

    @property
    def harms(self) -> bool:
        """Return whether a medicine to be wary of comes in addition."""
        return any(_low(self.after, name) > _low(self.before, name) for name in HARM)

    @property
    def new_findings(self) -> tuple[Finding, ...]:
        """Return what is suggested after and not before; of a list that is not known nobody can say."""
        had = {each.rule for each in self.before.offers}
        return tuple(each for each in self.after.offers if each.rule not in had) if self.whole_list else ()


@dataclass(frozen=True, slots=True)
class Telling:
    """What a card is about: its grounds, what is missing, and what it offers."""

    about: About
    findings: tuple[Finding, ...] = ()
    missing: tuple[str, ...] = ()
    ask: str | None = None
    offers: tuple[Offer, ...] = ()
    indicator: Indicator = "info"
    effect: Effect | None = None
    cfs: ScoreResult | None = None
    rater: Rater | None = None
    """Who set the level in the sender's record, and when; None where it was set here, or is worked out."""
    stale: bool = False
    notes: tuple[Note, ...] = ()
    """What the card says of the facts themselves."""

    @property
    def rules(self) -> tuple[str, ...]:
        """Return the rules that what comes of the card is counted for."""
        named = [*(each.rule for each in self.findings), *(each.rule for each in self.offers)]
        return tuple(dict.fromkeys(named))

    def content(self, encounter: str | None) -> str:
        """Return a digest of what is told in a stay: as long as it is the same, nothing has changed."""
        effect = self.effect
        told = {
            "about": self.about,
            "encounter": encounter,
            "because": [(each.rule, each.strength, dict(each.because)) for each in self.findings],
            "missing": self.missing,
            "offers": [(each.rule, each.recommended) for each in self.offers],
            "levels": (self.cfs.low, self.cfs.high, self.cfs.levels) if self.cfs else None,
            "rater": (self.rater.role, self.rater.time, self.stale) if self.rater else None,
            "names": (effect.names, effect.already) if effect else (),
            "effect": [(_ends(effect.before, name), _ends(effect.after, name)) for name in COUNTED] if effect else (),
        }
        return hashlib.sha256(to_json(told, serialize_unknown=True)).hexdigest()


@dataclass(frozen=True, slots=True)
class Asked:
    """What a hook is told of: the case, what follows from it, and what the record knows of the patient."""

    case: Case
    found: Assessment
    now: datetime
    known: Known | None = None
    effect: Effect | None = None

    @property
    def judged(self) -> bool:
        """Return whether a person has set the CFS in Rett hjem in this stay."""
        signed = self.known.inputs if self.known else None
        return cfs_clinician.id in (signed or {}).get("answers", {})

    @property
    def rater(self) -> Rater | None:
        """Return who set the level in the sender's record, where it was not set here."""
        return None if self.judged or not self.is_answered else self.case.rater or Rater()

    @property
    def is_answered(self) -> bool:
        """Return whether there is a level that someone has set, here or in the sender's record."""
        return cfs_clinician.id in self.case.answers

    @property
    def is_stale(self) -> bool:
        """Return whether the level describes another time than this stay, or than now where there is none."""
        at = self.rater.time if self.rater else None
        limit = timedelta(days=fhir_table("cfs")["days_before_admission"])
        return at is not None and (self.case.encounter.admitted or self.now) - at > limit

    @property
    def is_gone(self) -> bool:
        """Return whether the patient is dead, or has another record now."""
        died = self.known is not None and self.known.course.died is not None
        return died or any(note.code in GONE for note in self.case.notes)

    @property
    def is_for_us(self) -> bool:
        """Return whether this can be someone whom Rett hjem is for."""
        rule = screening_indicated.id
        if self.is_gone:
            return False
        return self.found.fired(rule) or bool(_undecided(self.found, rule) or self.found.tracks)


def tell(hook: str, asked: Asked) -> Telling | None:
    """Return what there is to tell, or None."""
    if asked.is_gone:
        return None
    told = BY_HOOK[hook](asked)
    if told is None:
        return None
    told = replace(told, notes=tuple(note for note in asked.case.notes if note.code == UNREAD))
    return replace(told, rater=asked.rater, stale=asked.is_stale) if told.cfs else told


def _seen(asked: Asked) -> Telling | None:
    """At a look at the record: what is certain only, for one looks often."""
    if asked.known and asked.known.is_followed:
        return None
    if asked.is_answered:
        return _route(asked)
    return _to_screen(asked) if asked.found.fired(screening_indicated.id) else None


def _begun(asked: Asked) -> Telling | None:
    """At admission: also the question that would settle whether someone is to be screened."""
    missing = _undecided(asked.found, screening_indicated.id)
    if missing and not asked.is_answered:
        return Telling("ask", missing=missing[:MOST_MISSING], ask=asked.found.ask_next, offers=(_screening(),))
    return _seen(asked)


def _leaving(asked: Asked) -> Telling | None:
    """At discharge: what is not done yet, else the way home where it asks for something."""
    if asked.known and asked.known.is_followed:
        return None
    found = asked.found
    to_screen = found.fired(screening_indicated.id)
    if not asked.is_answered or (asked.is_stale and to_screen):
        return _with(_to_screen(asked), "unscreened") if to_screen else None
    if found.fired(clinical_judgement.id):
        return None
    if found.pathway is None:
        rules = [each for each in found.undecided if each.rule.startswith("pathway_")]
        missing = tuple(dict.fromkeys(item for each in rules for item in each.missing))
        return Telling("undecided", _of(found, "pathway_decide"), missing[:MOST_MISSING], indicator="warning")
    way = tuple(each for each in found.findings if each.suggests == f"pathway:{found.pathway}")
    return None if found.pathway == NO_EXTRA_HELP else Telling("pathway", way, cfs=found.scores["cfs"])


def _ordered(asked: Asked) -> Telling | None:
    """At an order: where a medicine is one to be wary of, is had already or has no code, or adds to many."""
    effect = asked.effect
    if effect is None or _is_young(asked):
        return None
    added = [name for name in COUNTED if _ends(effect.before, name) != _ends(effect.after, name)]
    many = effect.whole_list and _low(effect.after, "regular_medicines") >= _many(effect.after)
    if not (effect.harms or effect.new_findings or (many and added) or effect.already or not effect.coded):
        return None
    missing = () if effect.whole_list else ("medicines",)
    indicator: Indicator = "warning" if effect.harms else "info"
    return Telling("order", effect.new_findings, missing, indicator=indicator, effect=effect)


BY_HOOK: Mapping[str, Callable[[Asked], Telling | None]] = {
    "patient-view": _seen,
    "encounter-start": _begun,
    "encounter-discharge": _leaving,
    "order-select": _ordered,
}


def _to_screen(asked: Asked) -> Telling:
    found = asked.found
    tree, others = found.scores["cfs_tree"], [each for each in found.undecided if each.rule.startswith("cga_team")]
    missing = tuple(dict.fromkeys(item for each in others for item in each.missing))[:MOST_MISSING]
    because, ask = _of(found, screening_indicated.id), tree.next_question or found.ask_next
    about: About = "confirm" if asked.is_answered else "screen"
    cfs = found.scores["cfs"] if asked.is_answered else tree
    return Telling(about, because, missing, ask, (_screening(),), cfs=cfs)


def _with(telling: Telling, about: About) -> Telling:
    return Telling(about, telling.findings, telling.missing, telling.ask, telling.offers, "warning", cfs=telling.cfs)


def _route(asked: Asked) -> Telling | None:
    """Tell of the team or of the conversation about palliative care; other tracks wait in Rett hjem."""
    found = asked.found
    routes = tuple(each for each in found.offers if each.suggests in ROUTES)
    to_judge = () if asked.judged else (_screening(),)
    if not routes or asked.is_stale:
        return _to_screen(asked) if to_judge and found.fired(screening_indicated.id) else None
    shared = found.fired(shared_decision_rule())
    team = next((each for each in routes if each.suggests == CGA_TEAM), None)
    certain = team is not None and team.strength == "recommend" and not shared and not to_judge
    referral = (Offer(team.rule, "referral", certain),) if team else ()
    about: About = "shared" if shared else "track"
    missing = tuple(dict.fromkeys(item for each in found.undecided for item in each.missing))[:MOST_MISSING]
    return Telling(about, routes, missing, found.ask_next, (*to_judge, *referral), cfs=found.scores["cfs"])


def _screening() -> Offer:
    return Offer(screening_indicated.id, "screening")


def _of(found: Assessment, *rules: str) -> tuple[Finding, ...]:
    return tuple(each for each in found.findings if each.rule in rules)


def _undecided(found: Assessment, rule: str) -> tuple[str, ...]:
    return next((each.missing for each in found.undecided if each.rule == rule), ())


def _is_young(asked: Asked) -> bool:
    """Return whether the CFS does not apply for the age, and no other sign says that this is someone for us."""
    found = asked.found
    return found.fired(clinical_judgement.id) and "age" in dict(_of(found, clinical_judgement.id)[0].because)


def _many(found: Assessment) -> float:
    """Return the limit in force for many medicines, which every rule that compares with it tells."""
    name = POLYPHARMACY.name
    return min((each.limits[name] for each in found.findings if name in each.limits), default=float("inf"))


def _low(found: Assessment, name: str) -> float:
    return found.scores[name].low or 0


def _ends(found: Assessment, name: str) -> tuple[float | None, float | None]:
    return found.scores[name].low, found.scores[name].high
