"""The whole page as values in words; the template lays them out and decides nothing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from api.page_view import View, cfs_view, question_words, track_view
from api.result import SCORE_ORDER
from api.ward.assessment.answers import who_words
from api.ward.assessment.deciding import choice_view, start_view
from api.ward.assessment.doubts import NOTES, doubts, missing_words
from api.ward.assessment.receipt import receipt_of
from api.ward.assessment.shown import Shown
from api.ward.assessment.suggestions import Reader, medicine_names, one_by_one, recommended, suggestions
from api.ward.assessment.turning import turn_words, turns_of
from api.ward.desk import Desk
from api.ward.lists.reader import step_in_words
from api.ward.patient import Patient
from careplans.burden_words import before_rows
from careplans.catalogue import read
from careplans.course.renewing import basis_of
from careplans.words import label, note_words, score_words
from engine.rules import short_digest
from engine.texts import Texts
from rules.assessment import Assessment
from rules.items import cfs_clinician
from rules.smallest_change import open_to_route

LEADING = 2
"""How many of `SCORE_ORDER` stand at the top of the page: CFS and the tree's."""


def assessment_view(desk: Desk, patient: Patient, shown: Shown) -> View:
    """Return all that the page shows of an assessment."""
    t, found, reader = desk.t, shown.assessment, Reader.of(desk, patient, shown)
    ready = recommended(reader) if reader.decides else ()
    return {
        "by": who_words(shown.told[shown.id], desk),
        "at": shown.told[shown.id].at,
        "kind": shown.kind,
        "second": shown.kind == "current" and _may_score_blind(desk, shown),
        "receipt": _receipt(desk, patient, shown),
        "cfs": cfs_view(found, t),
        "cfs_valid": not found.fired(read("plan")["cfs"]["not_valid"]),
        "tracks": [track_view(track, t) for track in found.tracks],
        "no_longer": list(_no_longer(patient, shown, t)),
        "pathway": t(f"pathway.{found.pathway}") if found.pathway else None,
        "team_list": t(f"team_list.{found.on_team_list.reason}") if found.on_team_list else None,
        "ask_next": (found.ask_next, question_words(found.ask_next, t)) if found.ask_next else None,
        "ask_for_cfs": _ask_for_cfs(found, t),
        "errors": [(label(each.rule, t), t(f"error.{each.code}")) for each in found.errors],
        "suggestions": suggestions(reader),
        "recommended": len(ready),
        "one_by_one": one_by_one(reader) if ready else 0,
        "open": reader.open,
        "choice": choice_view(reader),
        "start": start_view(reader) if shown.kind == "current" else None,
        "undecided": [(t(f"rule.{each.rule}"), missing_words(desk, each.missing)) for each in found.undecided],
        "doubts": doubts(desk, patient, shown),
        "turns": [turn_words(turn, shown, t) for turn in turns_of(shown)],
        "open_to_route": missing_words(desk, open_to_route(found, shown.ruleset)),
        **_quiet(desk, patient, shown),
    }


def _no_longer(patient: Patient, shown: Shown, t: Texts) -> Iterator[str]:
    """Yield the tracks of the plan that runs which the newest answers no longer suggest."""
    plan, bases = patient.course.running, patient.seen.basis
    held = basis_of(patient.course, plan, bases) if plan and shown.kind == "current" else None
    if plan is None or held is None or plan.assessment == shown.id or patient.course.died:
        return
    now = {each.suggests for each in shown.assessment.offers}
    for each in held.assessment.offers:
        if each.rule in plan.rules and each.suggests.startswith("track:") and each.suggests not in now:
            yield t(each.suggests.replace(":", "."))


def _quiet(desk: Desk, patient: Patient, shown: Shown) -> View:
    """Return what stands below: every score, the medicines, notes, burden, and older versions."""
    t, found = desk.t, shown.assessment
    said = (note for note in (*found.notes, *shown.case.notes) if note.code not in NOTES)
    return {
        "scores": [_score(found, name, t) for name in SCORE_ORDER[LEADING:]],
        "hits": [(", ".join(names), where) for names, where in _hits(shown, t)],
        "medicines_known": shown.case.medicines is not None,
        "burden": before_rows(found.burden, t),
        "notes": list(dict.fromkeys(note_words(note, t) for note in said)),
        "versions": list(_versions(desk, patient, shown)),
        "ruleset": f"{found.ruleset.version} · {short_digest(found.ruleset.digest)}",
    }


def _may_score_blind(desk: Desk, shown: Shown) -> bool:
    """Return whether the reader may score after someone else who has set a level."""
    return desk.may("form") and shown.by.id != desk.user.id and cfs_clinician.id in shown.case.answers


def _receipt(desk: Desk, patient: Patient, shown: Shown) -> View | None:
    found, t = receipt_of(desk, patient, shown), desk.t
    if found is None:
        return None
    what = _task(found.what, t) if found.what else None
    dated = t("screen.signed.by", what=what, when=desk.words.moment(found.due)) if what and found.due else what
    title = t("screen.signed.title", time=desk.words.moment(found.at))
    owner = t(f"who.{found.owner}") if found.owner else None
    return {"title": title, "next": dated, "where": found.where, "owner": owner}


def _task(what: str, t: Texts) -> str:
    """Say a task as what is to be done, where it has such words, else by its name."""
    return t(f"next.{what}") if f"next.{what}" in t else step_in_words(what, t)


def _ask_for_cfs(found: Assessment, t: Texts) -> tuple[str, str | None] | None:
    tree = found.scores["cfs_tree"]
    if found.scores["cfs"].value or tree.next_question in (None, found.ask_next):
        return None
    return str(tree.next_question), question_words(tree.next_question, t)


def _score(found: Assessment, name: str, t: Texts) -> tuple[str, str, str]:
    score = found.scores[name]
    band = f" ({t(f'band.{score.band}')})" if score.band else ""
    note = f"score_note.{name}"
    return t(f"score.{name}"), score_words(score, t) + band, t(note) if note in t else ""


def _hits(shown: Shown, t: Texts) -> Iterator[tuple[list[str], str]]:
    """Yield the medicines that meet a criterion, by name, with which; then those that raise the risk of falling."""
    scores = shown.assessment.scores
    for hit in scores["norgep_hits"].details:
        yield medicine_names(hit["medicines"], shown.case), _criterion(hit, t)
    names = medicine_names(scores["fall_risk_medicines"].because.get("medicines"), shown.case)
    if names:
        yield names, t("score.fall_risk_medicines")


def _criterion(hit: Mapping[str, object], t: Texts) -> str:
    """Say which criterion is met, in our own words, and where it stands."""
    named = f"norgep.{hit['list']}.{hit['item']}"
    return t("assessment.criterion", what=t(named), list=hit["list"], item=hit["item"])


def _versions(desk: Desk, patient: Patient, shown: Shown) -> Iterator[View]:
    """Yield every assessment that is kept, the newest first; what was retracted is none of them."""
    kept = [id for each in patient.course.screenings for id in (*each.versions, each.assessment)]
    for told in sorted((shown.told[id] for id in kept if id in shown.told), key=lambda each: each.at, reverse=True):
        id = getattr(told.event, "assessment", "")
        yield {"id": id, "at": told.at, "who": who_words(told, desk), "shown": id == shown.id}
