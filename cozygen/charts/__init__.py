"""What each application's chart refuses or breaks on, beyond its schema.

:func:`faults` says everything that would make a release fail: values that Helm's schema check refuses, text
that breaks the chart's YAML, objects that Kubernetes would refuse, and what the chart itself insists on. One
module a kind holds what is known of its chart; the mechanisms that recur (names, text, nulls, quantities) are
beside them. Reading specs, looking things up across applications and wording for terminals live elsewhere.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cozygen.catalog.model import Application
from cozygen.charts.chart import Chart
from cozygen.charts.registry import rules_of
from cozygen.charts.release import Fault, Lookup, Path, Release, Surroundings
from cozygen.charts.values import Values

__all__ = [
    "Chart",
    "Fault",
    "Lookup",
    "Path",
    "Release",
    "Surroundings",
    "chart_of",
    "faults",
    "merged",
    "release_of",
    "secret_paths",
]

_CHARTS: dict[int, Chart] = {}


def chart_of(application: Application) -> Chart:
    """The prepared chart of ``application``, made when it is first asked for."""
    known = _CHARTS.get(id(application))
    if known is None or known.application is not application:
        known = _CHARTS[id(application)] = Chart(application)
    return known


def release_of(application: Application, name: str, given: Values, around: Surroundings) -> Release:
    """The release of an application called ``name`` with the values ``given``."""
    return chart_of(application).release(name, given, around)


def faults(release: Release, application: Application) -> list[Fault]:
    """Everything that is wrong with ``release``: errors that make it fail, and warnings."""
    return chart_of(application).faults(release)


def merged(application: Application, given: Values) -> Mapping[str, Any]:
    """``given`` over the chart's defaults, as its templates see it. Shared in part: never change it."""
    return release_of(application, "", given, Surroundings("")).values


def secret_paths(kind: str) -> tuple[str, ...]:
    """Where values of this kind may refer to a Secret; ``*`` stands for any key, ``#`` for any item."""
    return rules_of(kind).secrets
