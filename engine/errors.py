"""The errors a person can mend, each naming the thing, the place, the reason and the remedy.

RettHjemError
├── InputError       what was sent in, or a setting, is wrong (exit 2, HTTP 422)
├── MachineLacks     this machine lacks something, with the line that installs it (exit 3, HTTP 503)
├── NotYet           a command that a later version brings (exit 3)
└── RuleSetError     the rules themselves are wrong; found when they are loaded
"""

from __future__ import annotations


class RettHjemError(Exception):
    """Base of the errors that are shown to people. Never holds a name, an identity number or an answer."""


class InputError(RettHjemError):
    """What was sent in is wrong: `where` is a path such as `answers.four_at`, `reason` and `remedy` are plain words."""

    def __init__(self, where: str, reason: str, remedy: str) -> None:
        self.where, self.reason, self.remedy = where, reason, remedy
        super().__init__(f"{where}: {reason}. {remedy}")


class MachineLacks(RettHjemError):
    """This machine lacks something that the task needs; the message ends with the line that installs it."""


class NotYet(RettHjemError):
    """The contract names this, and a later version brings it."""


class RuleSetError(RettHjemError):
    """A rule, threshold, source or text is wrong; the message says which, where and what to write instead."""
