"""The model of Cozystack's platform chart: which Packages come out of a variant and values.

Mirrors ``packages/core/platform`` of a release, whose rules its ``platform.json`` states as data. Equal to
the chart's own render in Packages, variants, component values, ``_cluster`` values and in whether it renders.
Names of packages are short ones, without ``cozystack.``.

What ``platform.json`` says: ``values`` is the schema of the chart's values with all defaults (``x-internal``:
not for people, ``x-unused``: nothing reads it); ``variants`` what each variant lays over them. A bundle goes
with the system variants under ``in``, takes ``choices`` for some values, and ``emits`` rows of packages with
their variants. A row applies on the system variants under ``in``, where the value under ``if`` is on or that
under ``unless`` is off, and where the list of enabled packages names ``listed``. ``componentValues`` and
``clusterValues`` are templates (see ``packages_injected``), ``alsoRead`` paths that other templates read, and
``modules`` charts that the tenant chart installs without a kind.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from cozygen.catalog.load import CatalogRelease
from cozygen.catalog.model import full_name, short_name
from cozygen.platform.packages_injected import Context, cluster_values, filled
from cozygen.platform.packages_set import Failure, Package, PackageSet
from cozygen.platform.packages_values import (
    BrokenError,
    ChartValues,
    Path,
    defaults_of,
    empty,
    layered,
    merged,
)

__all__ = ["Failure", "Package", "PackageSet", "chart_values", "evaluate"]

GPU_OPERATOR = "gpu-operator"
_VARIANT = "bundles.system.variant"
_ENABLED = "bundles.enabledPackages"
_DISABLED = "bundles.disabledPackages"


def chart_values(release: CatalogRelease, variant: str, given: Mapping[str, Any]) -> dict[str, Any]:
    """All values that the chart sees: ``given`` over the variant's over the chart's own."""
    own = {key: defaults_of(item) for key, item in release.platform["values"]["properties"].items()}
    return merged(given, layered(own, release.platform["variants"].get(variant, {})))


def evaluate(
    release: CatalogRelease,
    variant: str,
    values: Mapping[str, Any],
    *,
    ouroboros_exists: bool = False,
    legacy: Mapping[str, str] | None = None,
) -> PackageSet:
    """What the platform Package with this variant and ``spec.components.platform.values`` leads to.

    ``ouroboros_exists`` says that the cluster has that Package; ``legacy`` is the ConfigMap ``cozystack`` of
    a pre-1.0 installation, which overrides host and addresses.
    """
    seen = chart_values(release, variant, values)
    read = ChartValues(seen)
    failures: list[Failure] = []
    rows = _Rows(release.platform, read, failures)
    wanted = rows.wanted()
    disabled = rows.listed(_DISABLED)
    gpu = wanted.get(GPU_OPERATOR) if GPU_OPERATOR not in disabled else None
    context = Context(read, legacy or {}, release.platform["gpuDefaults"], gpu)
    components = _components(release.platform, wanted, context, failures)
    _guard(read, wanted, ouroboros_exists, failures)
    out = _cluster(release.platform, context, failures)
    emitted = {
        name: Package(name, variant, components.get(name, {}))
        for name, variant in sorted(wanted.items())
        if name not in disabled
    }
    return PackageSet(
        release,
        variant,
        values,
        seen,
        emitted,
        bundles=rows.bundles,
        cluster_values=out,
        failures=tuple(dict.fromkeys(failures)),
    )


class _Rows:
    """The rows of the bundles that apply: which packages are wanted, in which variant."""

    def __init__(self, platform: Mapping[str, Any], values: ChartValues, failures: list[Failure]) -> None:
        self._bundles = platform["bundles"]
        self._values = values
        self._failures = failures
        self.bundles: dict[str, str] = {}  # of the packages that come without being asked for

    def wanted(self) -> dict[str, str]:
        """Packages by variant, before any is disabled."""
        out: dict[str, str] = {}
        for name, bundle in self._bundles.items():
            try:
                if self._values.on(f"bundles.{name}.enabled"):
                    out |= self._bundle(name, bundle)
            except BrokenError as broken:
                self._failures.append(Failure("template", broken.path, broken.text))
        return out

    def listed(self, path: str) -> frozenset[str]:
        """The short names in one of the two lists; none where it is no list."""
        try:
            return frozenset(
                short_name(n) for n in self._values.names(path) if isinstance(n, str) and "." in n
            )
        except BrokenError:
            return frozenset()

    def _bundle(self, name: str, bundle: Mapping[str, Any]) -> dict[str, str]:
        allowed = bundle.get("in")
        if allowed and not any(self._values.equals(_VARIANT, item) for item in allowed):
            found = self._values.read(_VARIANT)
            text = f"bundles.{name} goes only with the system variants {' and '.join(allowed)}, not {found}"
            self._failures.append(Failure("fail", ("bundles", name, "enabled"), text))
            return {}
        for path, choices in bundle.get("choices", {}).items():
            if not self._values.on(path):
                continue
            if not any(self._values.equals(path, choice) for choice in choices):
                text = f"{path} has to be {' or '.join(choices)}, not {self._values.read(path)}"
                self._failures.append(Failure("fail", tuple(path.split(".")), text))
        self._values.names(_DISABLED)
        out: dict[str, str] = {}
        for row in bundle["emits"]:
            if self._applies(row):
                out |= {package: self._variant(variant) for package, variant in row["packages"].items()}
                if "listed" not in row:
                    self.bundles |= dict.fromkeys(row["packages"], name)
        return out

    def _applies(self, row: Mapping[str, Any]) -> bool:
        if "in" in row and not any(self._values.equals(_VARIANT, item) for item in row["in"]):
            return False
        if "if" in row and not self._values.on(row["if"]):
            return False
        if "unless" in row and self._values.on(row["unless"]):
            return False
        return "listed" not in row or full_name(row["listed"]) in self._values.names(_ENABLED)

    def _variant(self, variant: str | Mapping[str, Any]) -> str:
        if isinstance(variant, str):
            return variant
        found = self._values.read(variant["$from"])
        return str(variant["$default"] if empty(found) else found)


def _components(
    platform: Mapping[str, Any], wanted: Mapping[str, str], context: Context, failures: list[Failure]
) -> dict[str, dict[str, Any]]:
    """The component values that the platform sets, by package."""
    out: dict[str, dict[str, Any]] = {}
    for rule in rules_for(platform, wanted, context):
        try:
            values = filled(rule["values"], context)
        except BrokenError as broken:
            failures.append(Failure("template", broken.path, broken.text))
            continue
        if values is not None:
            component = out.setdefault(rule["package"], {}).setdefault(rule["component"], {"values": {}})
            component["values"] = layered(component["values"], values)
    return out


def rules_for(
    platform: Mapping[str, Any], wanted: Mapping[str, str], context: Context
) -> Iterator[Mapping[str, Any]]:
    """The rules about component values that hold for the wanted packages."""
    for rule in platform["componentValues"]:
        variant = wanted.get(rule["package"])
        if variant is None or rule.get("variant", variant) != variant:
            continue
        if "in" in rule and context.values.read(_VARIANT) not in rule["in"]:
            continue
        if rule.get("listed") == GPU_OPERATOR and context.gpu_variant is None:
            continue
        yield rule


def _guard(
    values: ChartValues, wanted: Mapping[str, str], ouroboros_exists: bool, failures: list[Failure]
) -> None:
    """Switching the PROXY protocol off leaves ouroboros behind; the chart insists on a confirmation."""
    if "ouroboros" in wanted or not ouroboros_exists:
        return
    try:
        on = [values.on(f"publishing.{key}") for key in ("proxyProtocol", "proxyProtocolAcknowledgeUnclean")]
        if values.on("bundles.system.enabled") and not any(on):
            text = "the Package ouroboros still exists; remove it, or set publishing.proxyProtocol again"
            failures.append(Failure("fail", ("publishing", "proxyProtocol"), text))
    except BrokenError as broken:
        failures.append(Failure("template", broken.path, broken.text))


def _cluster(platform: Mapping[str, Any], context: Context, failures: list[Failure]) -> dict[str, Any]:
    out: dict[str, Any] = {}
    for key, template in platform["clusterValues"].items():
        try:
            out |= cluster_values({key: template}, context)
        except BrokenError as broken:
            failures.append(Failure("template", broken.path, broken.text))
    for path in platform["alsoRead"]:
        try:
            context.values.read(path)
        except BrokenError as broken:
            failures.append(Failure("template", broken.path, broken.text))
    failures += _mirrors(context.values)
    return out


def _mirrors(values: ChartValues) -> Iterator[Failure]:
    """A mirror's endpoints are looked up in ``registries.config``, which has to be there (as a mapping)."""
    registries = values.root.get("registries")
    if not isinstance(registries, Mapping) or empty(registries.get("mirrors")):
        return
    mirrors, config = registries["mirrors"], registries.get("config")
    path: Path = ("registries", "mirrors")
    if not isinstance(mirrors, Mapping):
        yield Failure("template", path, "registries.mirrors has to be a mapping from registry to endpoints")
        return
    for registry, mirror in mirrors.items():
        here: Path = (*path, registry)
        if not isinstance(mirror, Mapping):
            yield Failure("template", here, f"the mirror of {registry} has to be a mapping with endpoints")
        elif not empty(mirror.get("endpoints")):
            yield from _endpoints(mirror["endpoints"], config, (*here, "endpoints"))


def _endpoints(endpoints: Any, config: Any, path: Path) -> Iterator[Failure]:
    if not isinstance(endpoints, list) or not all(isinstance(item, str) for item in endpoints):
        yield Failure("template", path, "endpoints has to be a list of URLs")
    elif not isinstance(config, Mapping):
        yield Failure(
            "template", path, "registries.mirrors needs registries.config beside it, at least as {}"
        )
    else:
        for endpoint in endpoints:
            settings = config.get(endpoint)
            if not empty(settings) and not isinstance(settings, Mapping):
                yield Failure(
                    "template",
                    ("registries", "config", endpoint),
                    f"the settings of {endpoint} are no mapping",
                )
