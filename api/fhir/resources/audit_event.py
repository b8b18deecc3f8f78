"""A line of the access log as an AuditEvent: who saw or changed a patient's record, when, and why where asked."""

from __future__ import annotations

from api.fhir.elements import OURS, Json, begun, code_table, coding, instant, known, meta, narrative, own, person_words
from api.storage.access_log import AccessLine
from careplans.words import moment_words
from engine.texts import Texts
from rules.times import oslo

CREATES = frozenset({"screened", "admitted", "plan_started"})
READS = frozenset(
    {
        "access_log_read",
        "answered_again",
        "board",
        "draft_read",
        "handled",
        "identified",
        "list",
        "list_csv",
        "list_print",
        "opened",
        "plan",
        "print",
        "printed",
        "read",
        "refused_elsewhere",
        "retraction_listed",
    }
)
"""What changes nothing; any other access is a change, and most are named after their event."""

SERVER = "Rett hjem"


def audit_event(line: AccessLine, person: str, texts: Texts) -> Json:
    """Return a line of a patient's log."""
    who = person_words(line.by, texts)
    agent = {"role": [own("role", line.by.role, texts(f"role.{line.by.role}"))], "who": {"display": who}}
    return begun("AuditEvent", str(line.seq), texts, meta(1, line.at)) | known(
        {
            "text": narrative([who, moment_words(oslo(line.at), texts), line.reason or ""]),
            "type": coding(code_table("audit")["type"]),
            "subtype": [{"system": f"{OURS}:access", "code": line.action}],
            "action": _action(line.action),
            "recorded": instant(line.at),
            "outcome": "0",
            "purposeOfEvent": [{"text": line.reason}] if line.reason else None,
            "agent": [agent | {"requestor": True}],
            "source": {"observer": {"display": SERVER}},
            "entity": [
                {
                    "what": {"reference": f"Patient/{person}"},
                    "type": coding(code_table("audit")["entity"]),
                    "role": coding(code_table("audit")["role"]),
                }
            ],
        }
    )


def _action(action: str) -> str:
    if action in READS:
        return "R"
    return "C" if action in CREATES else "U"
