"""Function and services in an innleggelsesrapport, as partial answers: what nobody mentioned stays unknown."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from api.intake.mapped import Mapped, Values, count_note
from api.intake.message_elements import Node, report_table
from api.intake.report_medicines import in_multidose
from engine.errors import InputError
from rules.case import Note

SERVICES = "municipal_services"


def services(report: Node, on: date, source: Values) -> Mapped:
    """Return the municipal services that the person has on the day; none is ever said to be lacking."""
    every = report.many("po:EksisterendeTjeneste")
    municipal = [each for each in every if not each.truth("po:PrivatTjeneste")]
    current = [each for each in municipal if _current(each, on)]
    members = {_member(each) for each in current} | ({"multidose"} if in_multidose(report) else set())
    notes = (
        *count_note("input_services_private", SERVICES, len(every) - len(municipal)),
        *count_note("input_services_not_current", SERVICES, len(municipal) - len(current)),
        *(note for each in current for note in _other(each)),
    )
    answer = {SERVICES: dict.fromkeys(sorted(members), True)} if members else {}
    return Mapped(answers=answer, sources=dict.fromkeys(answer, source), notes=notes)


def _current(service: Node, on: date) -> bool:
    start, stop = service.day("po:Startdato"), service.day("po:Sluttdato")
    return not ((start and start > on) or (stop and stop < on))


def _row(service: Node) -> Values | None:
    code = service.code("po:IPLOStjenestetype")
    if code is None or code.system != "municipal_service":
        return None
    return next((row for row in report_table()["service"] if row["code"] == code.value), None)


def _member(service: Node) -> str:
    row = _row(service)
    return row["member"] if row else "other"


def _other(service: Node) -> Iterator[Note]:
    """Yield a note that names a service which no member of ours stands for."""
    row = _row(service)
    if row is None:
        yield Note("input_service_unknown", service.where)
    elif row["member"] == "other":
        yield Note("input_service_other", service.where, {"service": row["name"]})


def function(report: Node, source: Values) -> Mapped:
    """Return the help that the person needs from another, by the variables that match an item of ours."""
    said: dict[tuple[str, str], set[bool]] = {}
    not_used = 0
    for variable in report.many("po:InfoKartleggingFunksjonsniva", "po:KartlagtFunksjon"):
        asked, needs_help = _asked(variable), _needs_help(variable)
        if asked is None or needs_help is None:
            not_used += 1
        else:
            said.setdefault(asked, set()).add(needs_help)
    if _helped_with_medicines(report):
        said.setdefault(("iadl_help", "medication"), set()).add(True)
    agreed = {asked: answers == {True} for asked, answers in said.items() if len(answers) == 1}
    answers: dict[str, dict[str, bool]] = {}
    for (item, member), needed in agreed.items():
        answers.setdefault(item, {})[member] = needed
    notes = (
        *count_note("input_function_not_used", "KartlagtFunksjon", not_used),
        *count_note("input_function_conflict", "KartlagtFunksjon", len(said) - len(agreed)),
    )
    return Mapped(answers=answers, sources=dict.fromkeys(answers, source), notes=notes)


def _asked(variable: Node) -> tuple[str, str] | None:
    code = variable.code("po:Funksjonsvariabel")
    if code is None or code.system != "function_variable":
        return None
    row = next((row for row in report_table()["function"] if row["code"] == code.value), None)
    return (row["item"], row["member"]) if row else None


def _needs_help(variable: Node) -> bool | None:
    """Return whether the score means help from another person; "not relevant" and a missing score say nothing."""
    scale, score = report_table()["function_scale"], variable.text("po:Vurdering")
    if score is None or score in scale["not_said"]:
        return None
    if score not in {*scale["help"], *scale["no_help"]}:
        where = (variable.one("po:Vurdering") or variable).where
        raise InputError(where, "function_score_unknown")
    return score in scale["help"]


def _helped_with_medicines(report: Node) -> bool:
    """Return whether help with medicines is said; a "no" here is many records' default, so it says nothing."""
    path = ("po:Sykepleierdokumentasjon", "po:InfoFraSykepleier", "po:OpplysningerRelevantOppfolging")
    return any(each.truth("po:HjelpLegemiddeladm") for each in report.many(*path))
