"""All codes, found where they are defined: as module constants beside the checks that report them."""

from __future__ import annotations

import importlib
import pkgutil
from functools import cache

from cozygen.diagnostics.record import Code

_PACKAGES = (
    "cozygen.yamlio",
    "cozygen.spec",
    "cozygen.catalog",
    "cozygen.charts",
    "cozygen.platform",
    "cozygen.checks",
    "cozygen.emit",
    "cozygen.layout",
    "cozygen.review",
    "cozygen.deliver",
)


@cache
def all_codes() -> dict[str, Code]:
    """Every code by its number, sorted; two constants with one number are a bug and raise."""
    found: dict[str, Code] = {}
    for package in _PACKAGES:
        for name in _modules(package):
            for value in vars(importlib.import_module(name)).values():
                if not isinstance(value, Code):
                    continue
                if found.setdefault(value.id, value) is not value:
                    raise AssertionError(f"{value.id} is defined twice")
    return dict(sorted(found.items()))


def _modules(package: str) -> list[str]:
    path = importlib.import_module(package).__path__
    return [package, *(m.name for m in pkgutil.walk_packages(path, package + "."))]
