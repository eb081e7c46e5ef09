"""Why a package is not installed, and what would install it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Literal

from cozygen.catalog.model import full_name
from cozygen.platform.packages_values import empty
from cozygen.record import Record

Why = Literal["disabled", "bundle", "switch", "optional", "variant", "never"]


class Absence(Record):
    """Why the platform does not install a package.

    ``disabled``: a list says so; ``bundle``: the bundle ``what`` is off; ``switch``: the platform value
    ``what`` is off; ``optional``: the list of enabled packages does not name ``what``; ``variant``: no
    bundle has it for this system variant; ``never``: no bundle has it at all.
    """

    why: Why
    what: str

    def remedy(self, name: str) -> str:
        """What to write to have the package ``name`` installed."""
        add = f"add {name} to cozystack.packages.enable"
        if self.why == "disabled":
            return f"take {name} out of cozystack.packages.disable"
        if self.why == "bundle":
            return f"set cozystack.bundles.{self.what}.enabled: true, or {add}"
        return f"set {self.what}: true" if self.why == "switch" else add


def absence(platform: Mapping[str, Any], values: Mapping[str, Any], name: str) -> Absence:
    """Why a package that is not there is not, given the platform's data and all values of its chart."""
    disabled = _at(values, "bundles.disabledPackages")
    if isinstance(disabled, list) and full_name(name) in disabled:
        return Absence("disabled", name)
    found = sorted(_reasons(platform, values, name), key=lambda item: _NEAREST.index(item.why))
    return found[0] if found else Absence("never", name)


_NEAREST: tuple[Why, ...] = ("optional", "switch", "bundle", "variant")


def _reasons(platform: Mapping[str, Any], values: Mapping[str, Any], name: str) -> Iterator[Absence]:
    system = _at(values, "bundles.system.variant")
    for bundle, rows in platform["bundles"].items():
        for row in rows["emits"]:
            if name not in row["packages"]:
                continue
            if any(system not in item["in"] for item in (rows, row) if "in" in item):
                yield Absence("variant", str(system))
            elif empty(_at(values, f"bundles.{bundle}.enabled")):
                yield Absence("bundle", bundle)
            elif "if" in row:
                yield Absence("switch", row["if"])
            elif "listed" in row:
                yield Absence("optional", row["listed"])


def _at(values: Mapping[str, Any], path: str) -> Any:
    here: Any = values
    for step in path.split("."):
        here = here.get(step) if isinstance(here, Mapping) else None
    return here
