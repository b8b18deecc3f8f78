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
    "administrative-gender": _codes("male female other unknown"),
    "identifier-use": _codes("usual official temp secondary old"),
    "narrative-status": _codes("generated extensions additional empty"),
    "observation-status": _codes("registered preliminary final amended corrected cancelled entered-in-error unknown"),
    "request-status": _codes("draft active on-hold revoked completed entered-in-error unknown"),
    "request-intent": _codes(
        "proposal plan directive order original-order reflex-order filler-order instance-order option"
    ),
    "care-plan-intent": _codes("proposal plan order option"),
    "care-plan-activity-status": _codes(
        "not-started scheduled in-progress on-hold completed cancelled stopped unknown entered-in-error"
    ),
    "task-status": _codes(
        "draft requested received accepted rejected ready cancelled in-progress on-hold failed completed "
        "entered-in-error"
    ),
    "task-intent": _codes("unknown proposal plan order original-order reflex-order filler-order instance-order option"),
    "composition-status": _codes("preliminary final amended entered-in-error"),
    "questionnaire-answers-status": _codes("in-progress completed amended entered-in-error stopped"),
    "publication-status": _codes("draft active retired unknown"),
    "item-type": _codes(
        "group display boolean decimal integer date dateTime time string text url choice open-choice attachment "
        "reference quantity"
    ),
    "resource-types": _codes("Patient"),
    "audit-event-action": _codes("C R U D E"),
    "audit-event-outcome": _codes("0 4 8 12"),
    "bundle-type": _codes(
        "document message transaction transaction-response batch batch-response history searchset collection"
    ),
    "search-entry-mode": _codes("match include outcome"),
    "link-relation": _codes("self next"),
    "capability-statement-kind": _codes("instance capability requirements"),
    "restful-capability-mode": _codes("client server"),
    "type-restful-interaction": _codes(
        "read vread update patch delete history-instance history-type create search-type"
    ),
    "versioning-policy": _codes("no-version versioned versioned-update"),
    "conditional-read-status": _codes("not-supported modified-since not-match full-support"),
    "search-param-type": _codes("number date string token reference composite quantity uri special"),
    "fhir-version": _codes("4.0.1"),
    "operation-kind": _codes("operation query"),
    "operation-parameter-use": _codes("in out"),
    "language": _codes("nb nn en nb-NO nn-NO"),
}

ELEMENTS: Mapping[str, str] = {
    "*.text.status": "narrative-status",
    "*.language": "language",
    "*.identifier.use": "identifier-use",
    "Patient.gender": "administrative-gender",
    "Observation.status": "observation-status",
    "RiskAssessment.status": "observation-status",
    "CarePlan.status": "request-status",
    "CarePlan.intent": "care-plan-intent",
    "CarePlan.activity.detail.status": "care-plan-activity-status",
    "Task.status": "task-status",
    "Task.intent": "task-intent",
    "ServiceRequest.status": "request-status",
    "ServiceRequest.intent": "request-intent",
    "Composition.status": "composition-status",
    "QuestionnaireResponse.status": "questionnaire-answers-status",
    "Questionnaire.status": "publication-status",
    "Questionnaire.subjectType": "resource-types",
    "Questionnaire.item.type": "item-type",
    "Questionnaire.item.item.type": "item-type",
    "AuditEvent.action": "audit-event-action",
    "AuditEvent.outcome": "audit-event-outcome",
    "OperationOutcome.issue.severity": "issue-severity",
    "OperationOutcome.issue.code": "issue-type",
    "Bundle.type": "bundle-type",
    "Bundle.link.relation": "link-relation",
    "Bundle.entry.search.mode": "search-entry-mode",
    "CapabilityStatement.status": "publication-status",
    "CapabilityStatement.kind": "capability-statement-kind",
    "CapabilityStatement.fhirVersion": "fhir-version",
    "CapabilityStatement.rest.mode": "restful-capability-mode",
    "CapabilityStatement.rest.resource.interaction.code": "type-restful-interaction",
    "CapabilityStatement.rest.resource.versioning": "versioning-policy",
    "CapabilityStatement.rest.resource.conditionalRead": "conditional-read-status",
    "CapabilityStatement.rest.resource.searchParam.type": "search-param-type",
    "OperationDefinition.status": "publication-status",
    "OperationDefinition.kind": "operation-kind",
    "OperationDefinition.parameter.use": "operation-parameter-use",
}
"""Elements that FHIR binds as required, by path; `*` is any resource."""
