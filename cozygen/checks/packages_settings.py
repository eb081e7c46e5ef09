"""Platform values that render and then do harm or nothing (facts: platform 4.3)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from cozygen.checks.packages_view import View, listed
from cozygen.diagnostics import Code, Diagnostic, Severity
from cozygen.platform.packages import GPU_OPERATOR
from cozygen.yamlio import read_documents

SPREAD = Code(
    "CZ3160",
    Severity.ERROR,
    "a topology spread that the charts cannot use",
    "Charts read the text as YAML, take the entries under topologySpreadConstraints and append a "
    "labelSelector to the last one. With several entries the first ones select no pods; with a selector "
    "of its own the entry has two.",
    "Write topologySpreadConstraints with exactly one entry: maxSkew, topologyKey and whenUnsatisfiable.",
)
RATIO = Code(
    "CZ3161",
    Severity.ERROR,
    "an allocation ratio that is not positive",
    "Requests of every application are its limits divided by the ratio. Zero or less makes requests that "
    "Kubernetes refuses.",
    "Write a positive number: 1 reserves all that is limited, 10 a tenth of it.",
)
MIRROR_UNVERIFIED = Code(
    "CZ3162",
    Severity.WARNING,
    "a registry mirror without settings",
    "Settings are looked up under the endpoint's full URL. Where none are found the mirror's certificate is "
    "not verified, without a word.",
    "Add the endpoint under registries.config exactly as mirrors writes it, with tls or auth in it; an empty "
    "entry counts as none.",
)
UNUSED_SECTION = Code(
    "CZ3163",
    Severity.WARNING,
    "platform values that nothing reads",
    "The platform chart still takes the section, and no component of the targeted release uses it.",
    "Remove it. Mirrors for the nodes belong into their machine configuration.",
)
GPU_UNUSED = Code(
    "CZ3164",
    Severity.WARNING,
    "platform values about GPUs without effect",
    "The platform tells KubeVirt and the GPU operator about devices only while it installs the GPU "
    "operator itself, and some values only in the variant vgpu. Virtual machines that ask for the devices "
    "are refused.",
    "Add gpu-operator to packages.enable, and set bundles.iaas.gpuOperatorVariant: vgpu for shared cards.",
)
_SPREAD_PATH = ("scheduling", "globalAppTopologySpreadConstraints")
_SPREAD_KEYS = ("maxSkew", "topologyKey", "whenUnsatisfiable")
_ONLY_VGPU = (
    ("permittedHostDevices", "mediatedDevices"),
    ("mediatedDevicesConfiguration",),
    ("vgpuManager",),
    ("vgpuDeviceManager",),
)


def spread(view: View) -> Iterator[Diagnostic]:
    """The text of ``scheduling.globalAppTopologySpreadConstraints``."""
    text = view.text(".".join(_SPREAD_PATH))
    problem = _spread_problem(text) if text.strip() else None
    if problem is not None:
        hint = "write topologySpreadConstraints: [{maxSkew: 1, topologyKey: …, whenUnsatisfiable: …}]"
        yield SPREAD.at(view.exactly(*_SPREAD_PATH), f"{'.'.join(_SPREAD_PATH)}: {problem}", hint=hint)


def _spread_problem(text: str) -> str | None:
    documents, problems = read_documents(text.encode(), "")
    wrong = [problem for problem in problems if problem.is_error]
    if wrong or len(documents) != 1:
        return f"is no YAML mapping{': ' + wrong[0].message if wrong else ''}"
    body = documents[0].body
    if list(body) != ["topologySpreadConstraints"]:
        return "has to have the one key topologySpreadConstraints"
    entries = body["topologySpreadConstraints"]
    if not isinstance(entries, list) or len(entries) != 1 or not isinstance(entries[0], Mapping):
        return "needs exactly one entry under topologySpreadConstraints"
    if "labelSelector" in entries[0]:
        return "must not have a labelSelector; each chart adds its own"
    missing = [key for key in _SPREAD_KEYS if key not in entries[0]]
    return f"lacks {listed(missing)}" if missing else None


def ratios(view: View) -> Iterator[Diagnostic]:
    """Allocation ratios."""
    for name, value in view.mapping("resources").items():
        if isinstance(value, (int, float)) and not isinstance(value, bool) and value <= 0:
            text = f"resources.{name} is {value}; it has to be more than zero"
            hint = "write 1 to reserve all that is limited, 10 to reserve a tenth of it"
            yield RATIO.at(view.exactly("resources", name), text, hint=hint, values={"found": value})


def mirrors(view: View) -> Iterator[Diagnostic]:
    """Mirrors that would be used without verification."""
    config = view.value("registries.config")
    if not isinstance(config, Mapping):
        return  # the chart does not render
    for registry, mirror in view.mapping("registries.mirrors").items():
        endpoints = mirror.get("endpoints") if isinstance(mirror, Mapping) else None
        for index, endpoint in enumerate(endpoints if isinstance(endpoints, list) else ()):
            if not config.get(endpoint):
                yield MIRROR_UNVERIFIED.at(
                    view.exactly("registries", "mirrors", registry, "endpoints", index),
                    f"registries.config has nothing under {endpoint}, so the mirror is not verified",
                    hint=_nearly(str(endpoint), config),
                    values={"endpoint": endpoint},
                )


def _nearly(endpoint: str, config: Mapping[str, Any]) -> str:
    host = endpoint.partition("://")[2]
    return f"write {endpoint} instead of {host}" if host and host in config else f"add {endpoint} there"


def unused_sections(view: View) -> Iterator[Diagnostic]:
    """Sections that no component of the release reads."""
    for name, schema in view.release.platform["values"]["properties"].items():
        if schema.get("x-unused") and view.given.get(name):
            text = f"nothing in {view.release.version} reads {name}"
            yield UNUSED_SECTION.at(view.at(name, key=True), text)


def gpu(view: View) -> Iterator[Diagnostic]:
    """Values about GPUs that do not reach anything."""
    if not view.given.get("gpu"):
        return
    operator = view.packages.emitted.get(GPU_OPERATOR)
    if operator is None:
        text = "the values under gpu have no effect: the platform does not install gpu-operator"
        yield GPU_UNUSED.at(view.at("gpu", key=True), text, hint=view.packages.how_to_enable(GPU_OPERATOR))
    elif operator.variant == "default":
        for path in _ONLY_VGPU:
            if view.written("gpu", *path):
                text = f"gpu.{'.'.join(path)} has no effect in the variant default"
                hint = "set bundles.iaas.gpuOperatorVariant: vgpu, or remove it"
                yield GPU_UNUSED.at(view.at("gpu", *path, key=True), text, hint=hint)
