"""An access log with everything its print can show, printed in three languages."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from functools import cache

from api.log_print import About, log_as_pdf
from api.screening import texts_in
from api.storage.access_log import AccessLine
from careplans.course.events import By

NAME = "Šuŋŋá Čáhppesåvdnji Bæřø-Žđåvvir"
HEAD = "9f3ac2e17b44d0c1" + "55aa" * 12
PRINTED = datetime(2026, 11, 22, 11, 2, tzinfo=UTC)
FIRST = datetime(2026, 11, 16, 13, 10, tzinfo=UTC)
REASON = "Pasienten ringte oss\nog spurte om timen på mandag"
NURSE = By("nurse-1", "nurse", "ward:STO/GER2", "Ingrid Nes")
DOCTOR = By("doctor-1", "doctor", "ward:STO/GER2", "Magnus Bø-Østensen")
TEAM = By("team-1", "geriatric_team", "hospital:STO", "Ánne Bæresen")
COORDINATOR = By("coordinator-1", "coordinator", "municipality:5001", None)
GP = By("gp-1", "gp", "practice:Solsiden", "Per Lie")
EPJ = By("epj", "system", "hospital:STO", None)
SCREEN = By("device:1", "reader", "ward:STO/GER2", "Vaktrommet")
DONE: tuple[tuple[By, str, str | None], ...] = (
    (EPJ, "described", None),
    (EPJ, "admitted", None),
    (NURSE, "screened", None),
    (NURSE, "list", None),
    (DOCTOR, "read", None),
    (DOCTOR, "decided", None),
    (TEAM, "list", None),
    (TEAM, "plan_started", None),
    (COORDINATOR, "read", None),
    (DOCTOR, "discharge_expected", None),
    (NURSE, "step_done", None),
    (GP, "opened", REASON),
    (GP, "read", None),
    (NURSE, "an_action_from_later", None),
)
ABOUT = About(NAME, date(1945, 1, 15), HEAD)


def log_lines() -> tuple[AccessLine, ...]:
    """Return the lines of a stay, the board among them, oldest first."""
    done = [(FIRST + timedelta(hours=5 * count), *each) for count, each in enumerate(DONE)]
    shown = [(FIRST + timedelta(hours=14, minutes=count), SCREEN, "board", None) for count in range(90)]
    in_order = sorted((*done, *shown), key=lambda each: each[0])
    return tuple(
        AccessLine(seq, at, "p1", action, by, reason) for seq, (at, by, action, reason) in enumerate(in_order, 1)
    )


@cache
def printed_log(language: str) -> bytes:
    """Return the print, made once."""
    return log_as_pdf(log_lines(), ABOUT, texts_in(language), printed=PRINTED)
