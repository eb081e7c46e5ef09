"""Tenant: its namespace, and what goes into the namespace's labels."""

from __future__ import annotations

import re
from collections.abc import Iterator

from cozygen.charts.codes import FIXED_NAME, LABEL_INVALID, NAME_TOO_LONG
from cozygen.charts.names import LABEL, text_fault
from cozygen.charts.release import Fault, Release
from cozygen.charts.rules import Resources, Rules
from cozygen.diagnostics import Code, Severity

NO_HOST = Code(
    "CZ4120",
    Severity.ERROR,
    "a tenant without a host",
    "Host names of applications are made under the tenant's host. Without one the chart cannot say what a "
    "certificate or a gateway is for, and fails.",
    "Give the tenant a host, or one of the tenants above it, from which it is inherited.",
)
NO_INGRESS = Code(
    "CZ4121",
    Severity.ERROR,
    "a tenant without an ingress",
    "The chart names the tenant's ingress class in an annotation that must not be empty, so Kubernetes "
    "refuses the Ingress and the release fails.",
    "Switch the ingress module on in the tenant or in one above it.",
)

_MOST = 63
_CLEANUP = "-cleanup"
_ONE_WORD = re.compile(r"tenant-[^-]+").fullmatch


def no_ingress_faults(release: Release) -> Iterator[Fault]:
    """An Ingress whose certificate comes by HTTP-01 names its class in an annotation, which cannot be empty."""
    by_http = release.cluster("solver", "http01") == "http01" and not release.cluster("wildcard-secret-name")
    if by_http and not release.tenant("ingress"):
        yield Fault(
            NO_INGRESS,
            (),
            f"{release.kind} {release.name} makes an Ingress, and the tenant of {release.namespace} has no ingress "
            "of its own or from above",
            "switch the ingress module on in this tenant or in one above it",
            {"namespace": release.namespace},
        )


def workload_namespace(release: Release) -> str:
    """The namespace of the tenant that ``release`` makes."""
    word = release.release.rsplit("-", 1)[-1]
    return f"tenant-{word}" if release.namespace == "tenant-root" else f"{release.namespace}-{word}"


def _check(release: Release) -> Iterator[Fault]:
    if not _ONE_WORD(release.release):
        yield Fault(
            FIXED_NAME,
            (),
            f"a tenant's name is one word without dashes; {release.name} would become the release "
            f"{release.release}",
            "use lower-case letters and digits only",
            {"release": release.release},
        )
        return
    if not release.namespace.startswith("tenant-"):
        yield Fault(
            FIXED_NAME, (), f"a tenant cannot be created in {release.namespace}", "create it below a tenant"
        )
        return
    made = workload_namespace(release)
    if len(made) + len(_CLEANUP) > _MOST:
        fits = len(release.name) - (len(made) + len(_CLEANUP) - _MOST)
        yield Fault(
            NAME_TOO_LONG,
            (),
            f"the tenant's namespace {made} has {len(made)} characters; {_MOST - len(_CLEANUP)} are possible, since "
            f"the Job {made}{_CLEANUP} that empties it must stay within {_MOST}",
            f"choose a name of at most {fits} characters"
            if fits > 0
            else "shorten the names of the tenants above it",
            {"object": made, "length": len(made), "limit": _MOST - len(_CLEANUP), "longest": fits},
        )
    if made != "tenant-root":
        yield from _label_faults(release, made)


def _label_faults(release: Release, made: str) -> Iterator[Fault]:
    host = release.values.get("host")
    if host:
        fault = text_fault(("host",), host, host, LABEL)
        if fault:
            yield fault
    elif release.tenant("host"):
        computed = f"{made.rsplit('-', 1)[-1]}.{release.tenant('host')}"
        if len(computed) > _MOST:
            yield Fault(
                LABEL_INVALID,
                (),
                f"the tenant's host would be {computed}, which has {len(computed)} characters; as a label of its "
                f"namespace it may have {_MOST}",
                "choose a shorter name, or give the tenant a host of its own",
                {"object": computed, "limit": _MOST},
            )
    scheduling = release.values.get("schedulingClass")
    if scheduling and not release.tenant("schedulingClass"):
        fault = text_fault(("schedulingClass",), scheduling, scheduling, LABEL)
        if fault:
            yield fault


RULES = Rules(check=_check, resources=(Resources("resourceQuotas", pods=True),))
