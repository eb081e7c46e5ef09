"""Packages that would wait for ever for others that nothing installs (facts: platform 3.4).

The operator creates nothing for such a Package and reports no error. One diagnostic says one cause with
everything that waits because of it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from cozygen.catalog.model import full_name
from cozygen.catalog.shapes import system_variants
from cozygen.checks.packages_view import View, listed
from cozygen.diagnostics import Code, Diagnostic, Place, Severity
from cozygen.platform.packages import evaluate
from cozygen.platform.packages_closure import waiting_for
from cozygen.platform.packages_origin import Absence
from cozygen.platform.packages_values import layered

NEVER_READY = Code(
    "CZ3120",
    Severity.ERROR,
    "packages that wait for ever",
    "A Package becomes active only once all packages that it depends on exist and are ready. One that is "
    "not installed is waited for without end and without an error: the releases of the waiting packages "
    "are never created, and what is in the cluster already is no longer updated.",
    "Install the missing package, or disable those that need it too. Disabling a package also means "
    "disabling all that depend on it.",
)


def never_ready(view: View) -> Iterator[Diagnostic]:
    """One diagnostic for each cause of waiting."""
    packages = view.packages
    if packages.failures:
        return  # nothing is emitted at all
    direct: dict[str, set[str]] = {}
    for waiting, missing in packages.missing.items():
        for name in missing:
            direct.setdefault(name, set()).add(waiting)
    causes: dict[Absence, list[str]] = {}
    for name in sorted(direct):
        absence = packages.absence(name)
        causes.setdefault(Absence(absence.why, name) if absence.why == "never" else absence, []).append(name)
    for absence, names in sorted(causes.items(), key=lambda item: (item[0].why, item[0].what)):
        waits = waiting_for(packages.depends_on, names)
        needs = sorted({waiting for name in names for waiting in direct[name]})
        asked = all(_asked_at(view, name) for name in needs)
        yield NEVER_READY.at(
            _place(view, absence, names[0], needs),
            f"{_reason(absence, names)}; {_waits(waits)} for ever",
            hint=_hint(view, absence, names, () if asked else waits),
            values={"missing": names, "waiting": list(waits)},
        )


def _waits(waits: Sequence[str]) -> str:
    return f"{listed(waits)} {'wait' if len(waits) > 1 else 'waits'}"


def _reason(absence: Absence, names: Sequence[str]) -> str:
    verb = "is" if len(names) == 1 else "are"
    missing = f"{listed(names)} {verb} not installed"
    if absence.why == "disabled":
        return f"{names[0]} is disabled"
    if absence.why == "bundle":
        return f"the bundle {absence.what} is off, so {missing}"
    if absence.why == "switch":
        return f"{absence.what} is off, so {missing}"
    if absence.why == "variant":
        return f"the system variant {absence.what} does not have {listed(names)}"
    return missing


def _place(view: View, absence: Absence, name: str, needs: Sequence[str]) -> Place:
    """The line that causes it: what switches the missing off, else what asks for the waiting."""
    if absence.why == "disabled":
        disabled = view.items("bundles.disabledPackages")
        return view.exactly("bundles", "disabledPackages", disabled.index(full_name(name)))
    asked = [place for name in needs if (place := _asked_at(view, name)) is not None]
    if absence.why == "bundle" and len(asked) < len(needs):
        return view.exactly("bundles", absence.what, "enabled")
    if absence.why == "variant" and view.written("bundles", "system", "variant"):
        return view.at("bundles", "system", "variant")
    if asked:
        return asked[0]
    return view.exactly(*absence.what.split(".")) if absence.why == "switch" else view.place


def _asked_at(view: View, name: str) -> Place | None:
    own = view.packages.own.get(name)
    if own is not None and own.place is not None:
        return own.place
    enabled = view.items("bundles.enabledPackages")
    if full_name(name) in enabled and view.written("bundles", "enabledPackages"):
        return view.at("bundles", "enabledPackages", enabled.index(full_name(name)))
    return None


def _hint(view: View, absence: Absence, names: Sequence[str], waits: Sequence[str]) -> str:
    """What to do about it; ``waits`` are empty where the waiting packages were all asked for by name."""
    enable = f"add {listed(names, 20)} to packages.enable"
    disable = f", or add {listed(waits, 20)} to packages.disable" if waits else ""
    if absence.why == "disabled":
        return f"take {names[0]} out of packages.disable{disable if len(waits) <= 6 else ''}"
    if absence.why == "bundle" and (len(names) > 2 or len(waits) > 2) and waits:
        return f"set bundles.{absence.what}.enabled: true{_still_stuck(view, absence.what)}"
    if absence.why == "switch":
        return f"set {absence.what}: true"
    known = system_variants(view.release)
    if absence.why == "variant" and absence.what not in known:
        return f"take one of {', '.join(known)}"
    return enable + disable


def _still_stuck(view: View, bundle: str) -> str:
    """What else it takes once the bundle is on."""
    values = layered(view.given, {"bundles": {bundle: {"enabled": True}}})
    then = evaluate(view.release, view.packages.variant, values).beside(view.packages.own.values())
    if then.failures or not then.never_ready:
        return ""
    missing = sorted({name for names in then.missing.values() for name in names})
    if len(missing) > 3:
        return ""
    return (
        f", and add {listed(missing)} to packages.enable (or {listed(then.never_ready)} to packages.disable)"
    )
