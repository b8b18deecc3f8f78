"""Our values as FHIR R4 resources, one module a kind; pure, and nothing in them decides anything."""
