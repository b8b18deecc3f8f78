"""FHIR R4's required value sets, as far as our resources have a code from them, and what each element is bound to."""

from __future__ import annotations

from collections.abc import Mapping


def _codes(text: str) -> frozenset[str]:
    return frozenset(text.split())


BINDINGS: Mapping[str, frozenset[str]] = {
    "issue-type": _codes(
        "invalid structure required value invariant security login unknown expired forbidden suppressed processing "
        "not-supported duplicate multiple-matches not-found deleted too-long code-invalid extension too-costly "
        "business-rule conflict transient lock-error no-store exception timeout incomplete throttled informational"
    ),
    "issue-severity": _codes("fatal error warning information"),
}
