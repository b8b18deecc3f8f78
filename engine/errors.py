"""The errors a person can mend. Each carries a code; its words are texts, so that it is said in the reader's language.

RettHjemError
├── Refusal          `refused.<code>.reason` and `.remedy` in the texts, filled with the values
│   ├── InputError   what was sent in, or a setting, is wrong (exit 2, HTTP 422)
│   └── MachineLacks this machine lacks something, with the line that installs it (exit 3, HTTP 503)
└── RuleSetError     the rules themselves are wrong; found when they are loaded
"""

from __future__ import annotations

from typing import Self


class RettHjemError(Exception):
    """Base of the errors that are shown to people. Never holds a name, an identity number or an answer."""


class Refusal(RettHjemError):
    """An error with a code; values are limits, allowed codes and counts, never anything from the document."""

    def __init__(self, where: str | None, code: str, /, **values: object) -> None:
        self.where, self.code, self.values = where, code, values
        super().__init__(f"{where}: {code}" if where else code)

    def __reduce__(self) -> tuple[object, ...]:
        """Say how to make it again in another process, whatever its own way of being made asks for."""
        return _made_again, (type(self), self.args), self.__dict__


def _made_again(kind: type[Refusal], args: tuple[object, ...]) -> Refusal:
    return kind.__new__(kind, *args)


class InputError(Refusal):
    """What was sent in is wrong: `where` is a path such as `answers.four_at`."""

    where: str

    def __init__(self, where: str, code: str, /, **values: object) -> None:
        super().__init__(where, code, **values)

    def at(self, where: str) -> Self:
        """Return the same error at the place where the reader wrote what is wrong."""
        return type(self)(where, self.code, **self.values)


class MachineLacks(Refusal):
    """This machine lacks something that the task needs; the remedy is the line that installs it."""

    def __init__(self, code: str, /, **values: object) -> None:
        super().__init__(None, code, **values)


class RuleSetError(RettHjemError):
    """A rule, threshold, source or text is wrong; the message says which, where and what to write instead."""
