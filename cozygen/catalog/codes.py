"""What can be wrong with the definitions and package sources that a catalog is read from."""

from __future__ import annotations

from cozygen.diagnostics import Code, Severity

NOT_READABLE = Code(
    "CZ3000",
    Severity.ERROR,
    "a catalog file cannot be read",
    "Every definition and package source of a release takes part in the checks; one that is left out would "
    "make applications or packages look unknown.",
    "Give the files as the release ships them: one ApplicationDefinition or PackageSource a YAML document.",
)
MALFORMED_DEFINITION = Code(
    "CZ3001",
    Severity.ERROR,
    "an ApplicationDefinition lacks a field or holds a wrong one",
    "The Cozystack API server reads definitions once, when it starts; one that it cannot use keeps it from "
    "starting, and with it every application of the platform.",
    "Compare the definition with one that Cozystack ships, and correct the field that is named.",
)
BAD_TIMEOUT = Code(
    "CZ3002",
    Severity.ERROR,
    "a definition's timeout is no duration that Flux takes",
    "The API server refuses to start over a timeout annotation that Flux would refuse in a HelmRelease.",
    "Write numbers with the units ms, s, m or h, such as 15m or 1h30m.",
)
BAD_VALUES_SCHEMA = Code(
    "CZ3003",
    Severity.ERROR,
    "a definition's openAPISchema is no schema",
    "Values of the application could not be checked, and the API server could not fill in their defaults.",
    "Put the chart's values.schema.json there, as one JSON text.",
)
MALFORMED_SOURCE = Code(
    "CZ3004",
    Severity.ERROR,
    "a PackageSource lacks a field or holds a wrong one",
    "The operator would not generate the charts and releases of the package.",
    "Compare it with one that Cozystack ships, and correct the field that is named.",
)
TAKEN_TWICE = Code(
    "CZ3005",
    Severity.ERROR,
    "two definitions or package sources claim the same name",
    "A kind, a plural or a package name can be served once; which of the two would win depends on the order "
    "in which the cluster saw them.",
    "Rename or remove one of them.",
)
NO_SUCH_COMPONENT = Code(
    "CZ3006",
    Severity.WARNING,
    "something names a chart, package or component that the catalog does not hold",
    "An application whose chart no package brings stays without a chart, and a package that depends on an "
    "unknown one waits for ever.",
    "Correct the name, or read in the package source that is missing.",
)
IGNORED_HEALTH_CHECKS = Code(
    "CZ3007",
    Severity.WARNING,
    "a definition has health checks that never run",
    "Helm evaluates health check expressions only while it waits; with waiting disabled a release counts as "
    "ready as soon as it is applied.",
    "Remove either the disable-wait annotation or healthCheckExprs.",
)
