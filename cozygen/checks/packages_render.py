"""Platform values that the chart refuses, breaks on, or takes without a word (facts: platform 3.3)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from cozygen.catalog.load import CatalogRelease
from cozygen.checks.packages_view import View, said
from cozygen.diagnostics import Code, Diagnostic, Severity
from cozygen.platform.packages_set import Failure
from cozygen.platform.packages_values import Path
from cozygen.schema import Schema, did_you_mean
from cozygen.schema.explain import Violation

BUNDLE_VARIANT = Code(
    "CZ3130",
    Severity.ERROR,
    "a bundle that does not go with the system variant",
    "The platform chart refuses to render, so the whole platform stays as it is: no change of any value "
    "reaches the cluster any more.",
    "Switch the bundle off, or take a variant that has it: iaas needs isp-full or isp-full-generic.",
)
GPU_VARIANT = Code(
    "CZ3131",
    Severity.ERROR,
    "an unknown variant of the GPU operator in the platform values",
    "The platform chart refuses to render while the bundle iaas is on, even with the GPU operator off.",
    "Write default or vgpu. For the variant container write packages.variants: {gpu-operator: container}.",
)
OUROBOROS_LEFT = Code(
    "CZ3132",
    Severity.ERROR,
    "the PROXY protocol is off and ouroboros is still there",
    "Switching proxyProtocol off leaves the Package ouroboros in the cluster, which goes on rewriting the "
    "cluster's DNS. The platform chart refuses to render until that is dealt with.",
    "Switch the PROXY protocol off in the load balancer, delete the Package ouroboros, and set "
    "publishing.proxyProtocolAcknowledgeUnclean: true for one change.",
)
BREAKS_RENDER = Code(
    "CZ3133",
    Severity.ERROR,
    "a platform value that breaks the platform chart",
    "The chart ends with an error of the template engine that does not say what to change, and the whole "
    "platform stays as it is.",
    "Give the value the type that the message names.",
)
NULL_VALUE = Code(
    "CZ3134",
    Severity.ERROR,
    "a platform value that is null",
    "Helm takes a null for: remove the default. The platform chart then breaks on what is not there, or "
    "renders settings that are empty.",
    "Remove the key to have the default, or give it a value. An empty list or text is not null.",
)
PLATFORM_VARIANT = Code(
    "CZ3121",
    Severity.ERROR,
    "an unknown variant of the platform",
    "The platform's Package has no such variant, so it never becomes ready and nothing is installed or updated.",
    "Take a variant that the release has; distro-full, which documentation mentions, is none.",
)
INTERNAL_VALUE = Code(
    "CZ3135",
    Severity.ERROR,
    "a platform value that belongs to the release",
    "Migrations and the source of the charts are set by the release and the operator. Another value runs "
    "the wrong migrations against live objects, or takes the charts from somewhere else.",
    "Remove it.",
)
UNKNOWN_VALUE = Code(
    "CZ3136",
    Severity.ERROR,
    "an unknown platform value",
    "The platform chart takes any key and ignores those it does not know, so what was meant does not happen.",
    "Correct the key; documentation of other releases may name keys that the targeted one does not have.",
)
WRONG_VALUE = Code(
    "CZ3137",
    Severity.ERROR,
    "a platform value of the wrong form",
    "The platform chart checks next to nothing: the value would reach the cluster, and fail or be ignored "
    "there.",
    "Write it in the form that the message names.",
)

_BY_PATH = {
    ("bundles", "iaas", "gpuOperatorVariant"): GPU_VARIANT,
    ("publishing", "proxyProtocol"): OUROBOROS_LEFT,
}
_LEFT_TO_ENDPOINTS = ("publishing", "apiServerEndpoint")


def render_failures(view: View) -> Iterator[Diagnostic]:
    """Why the chart would not render."""
    nulls = list(_nulls(view.given, view.release.platform["values"]))
    for failure in view.packages.failures:
        if failure.path == _LEFT_TO_ENDPOINTS or _covered(failure, nulls):
            continue
        code = _BY_PATH.get(tuple(map(str, failure.path)), BREAKS_RENDER)
        if failure.kind == "fail" and code is BREAKS_RENDER:
            code = BUNDLE_VARIANT
        hint = (
            f"switch {said(failure.path)} off" if code is BUNDLE_VARIANT else f"correct {said(failure.path)}"
        )
        place = view.exactly(*failure.path)
        yield code.at(place, _in_words(failure), hint=hint, values={"path": said(failure.path)})
    for path in nulls:
        broken = next((f for f in view.packages.failures if f.path[: len(path)] == path), None)
        what = "the platform chart does not render without it" if broken else "that removes its default"
        yield NULL_VALUE.at(
            view.at(*path), f"{said(path)} is null: {what}", hint="remove the key, or give it a value"
        )


def platform_variant(view: View) -> Iterator[Diagnostic]:
    """The variant of the platform's own Package."""
    known, variant = view.release.platform["variants"], view.packages.variant
    if variant not in known:
        text = f"{view.release.version} has no platform variant {variant}"
        yield PLATFORM_VARIANT.at(
            view.place, text, hint=did_you_mean(variant, known), values={"found": variant}
        )


def internal_values(view: View) -> Iterator[Diagnostic]:
    """What only the release sets."""
    for name, schema in view.release.platform["values"]["properties"].items():
        if schema.get("x-internal") and name in view.given:
            yield INTERNAL_VALUE.at(
                view.at(name, key=True), f"{name} is set by the release", hint=f"remove {name}"
            )


def value_shapes(release: CatalogRelease, view: View) -> Iterator[Diagnostic]:
    """Unknown keys and wrong types in values that were not held against the spec's shape before."""
    schema = Schema(dict(release.platform["values"]))
    if schema.valid(view.given):
        return
    for violation in schema.violations(view.given):
        if violation.values.get("found") != "null":
            code = UNKNOWN_VALUE if violation.kind == "unknown" else WRONG_VALUE
            yield _shape(code, violation, view)


def _shape(code: Code, violation: Violation, view: View) -> Diagnostic:
    place = view.at(*violation.path, key=violation.kind == "unknown")
    return code.at(
        place, f"{said(violation.path)}: {violation.message}", hint=violation.hint, values=violation.values
    )


def _in_words(failure: Failure) -> str:
    return failure.text.replace("bundles.enabledPackages", "packages.enable").replace(
        "bundles.disabledPackages", "packages.disable"
    )


def _covered(failure: Failure, nulls: list[Path]) -> bool:
    return any(failure.path[: len(path)] == path for path in nulls)


def _nulls(given: Mapping[str, Any], schema: Mapping[str, Any], above: Path = ()) -> Iterator[Path]:
    """The nulls in what the schema describes; free-form parts may hold any."""
    for key, value in given.items():
        below = schema.get("properties", {}).get(key)
        if below is None:
            continue
        if value is None:
            yield (*above, key)
        elif isinstance(value, Mapping):
            yield from _nulls(value, below, (*above, key))
