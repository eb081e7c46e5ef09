"""What the platform chart writes by itself: component values, and the ``_cluster`` values of all releases.

``platform.json`` of a release states both as templates: plain data in which a mapping with ``$from`` stands
for the platform value at that path. Beside it may stand ``$default`` (for an empty value), ``$missing`` (for
one that is not there), ``$legacy`` (a key of the ConfigMap of old installations, which wins), ``$required``
(nothing breaks the render), ``$nonempty`` (left out when empty), ``$verbatim`` (not made text, left out when
empty), ``$join`` (a list made text) and ``$within`` (blocks that have to hold something). The few results that
follow from more than one value are computed by the functions that ``$compute`` names; each says which file of
the chart it stands for.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from cozygen.platform.packages_endpoint import NotAURLError, api_server
from cozygen.platform.packages_values import BrokenError, ChartValues, empty, go_text
from cozygen.record import Record, field

_ABSENT = object()


class Context(Record):
    """What a render sees: values, the ConfigMap of a pre-1.0 installation, and the release's data.

    ``gpu_variant`` is that of the GPU operator, or None where it is not installed.
    """

    values: ChartValues
    legacy: Mapping[str, str] = field(default_factory=dict)
    gpu_defaults: Mapping[str, Any] = field(default_factory=dict)
    gpu_variant: str | None = None


def filled(template: Any, context: Context) -> Any:
    """A template of component values with the platform's values in place.

    Entries without a value are left out, and so are mappings that have nothing but such entries; then None.
    """
    out = _filled(template, context)
    return None if out is _ABSENT else out


def cluster_values(templates: Mapping[str, Any], context: Context) -> dict[str, Any]:
    """The content of ``_cluster`` in the Secret ``cozystack-values``: texts, some mappings verbatim."""
    out: dict[str, Any] = {}
    for key, template in templates.items():
        if any(empty(context.values.read(path)) for path in _within(template, context)):
            continue
        value = _filled(template, context)
        if value is _ABSENT:
            if template.get("$verbatim") or template.get("$nonempty"):
                continue
            value = None
        out[key] = value if template.get("$verbatim") else go_text(value)
    return out


def injected_paths(template: Any, above: tuple[str, ...] = ()) -> dict[tuple[str, ...], str | None]:
    """Every key that a template sets, with the platform value that it comes from (None for a fixed one)."""
    if not isinstance(template, Mapping):
        return {above: None}
    if "$from" in template:
        return {above: template["$from"]}
    out: dict[tuple[str, ...], str | None] = {}
    for key, item in template.items():
        out |= injected_paths(item, (*above, key))
    return out


def _within(template: Mapping[str, Any], context: Context) -> list[str]:
    """The blocks that have to hold something for a key to be written, outermost first, as far as they do."""
    out: list[str] = []
    for path in template.get("$within", ()):
        out.append(path)
        if empty(context.values.read(path)):
            break
    return out


def _filled(template: Any, context: Context) -> Any:
    if not isinstance(template, Mapping):
        return template
    if "$compute" in template:
        found = _COMPUTED[template["$compute"]](template["$from"], context)
        return _ABSENT if found is None else found
    if "$from" in template:
        return _read(template, context)
    out = {}
    for key, item in template.items():
        value = _filled(item, context)
        if value is not _ABSENT:
            out[key] = value
    return out or _ABSENT


def _read(template: Mapping[str, Any], context: Context) -> Any:
    path = template["$from"]
    if "$missing" in template:
        block = path.rpartition(".")[0]
        found = context.values.read(block)
        value = template["$missing"] if empty(found) else context.values.read(path)
        return template["$missing"] if value is None else value
    value = context.values.read(path)
    if "$legacy" in template:
        value = context.legacy.get(template["$legacy"]) or value
    if template.get("$required") and value is None:
        raise BrokenError(
            tuple(path.split(".")), f"{path} is removed, and the chart needs at least an empty text"
        )
    if empty(value):
        if template.get("$nonempty") or template.get("$verbatim"):
            return _ABSENT
        value = template.get("$default", value)
    return template["$join"].join(_texts(value)) if "$join" in template else value


def _texts(value: Any) -> list[str]:
    items = value if isinstance(value, list) else [value]
    return [text for text in map(go_text, items) if text is not None]


def _text_at(path: str, context: Context) -> Any:
    value = context.values.read(path)
    if value is not None and not isinstance(value, str):
        raise BrokenError(tuple(path.split(".")), f"{path} has to be text")
    return value


def _endpoint(path: str, context: Context) -> tuple[str, str]:
    """The host and port cut out of the URL, for Cilium where no KubePrism listens (bundles/system.yaml)."""
    endpoint = context.legacy.get("api-server-endpoint") or context.values.read(path)
    if empty(endpoint):
        return api_server("")
    if not isinstance(endpoint, str):
        raise BrokenError(tuple(path.split(".")), f"{path} has to be text")
    try:
        return api_server(endpoint)
    except NotAURLError as error:
        raise BrokenError(tuple(path.split(".")), f"{path} is no URL: {error}") from None


def _ingress_controller(path: str, context: Context) -> str:
    """The Service of the ingress that ouroboros sends to (bundles/system.yaml)."""
    namespace = context.values.read(path)
    if empty(namespace):
        namespace = "tenant-root"
    if not isinstance(namespace, str):
        raise BrokenError(tuple(path.split(".")), f"{path} has to be text")
    return f"{namespace.removeprefix('tenant-')}-ingress-controller"


def _true_or_false(path: str, context: Context) -> str:
    """A switch that has to be a real boolean (``ternary`` in bundles/system.yaml)."""
    value = context.values.read(path)
    if not isinstance(value, bool):
        raise BrokenError(tuple(path.split(".")), f"{path} has to be true or false, not text or nothing")
    return "true" if value else "false"


def _whole_ratio(path: str, context: Context) -> int | None:
    """The ratio that KubeVirt gets: cut to a whole number, left out where it is zero (bundles/iaas.yaml)."""
    value = context.values.read(path)
    if empty(value):
        return None
    try:
        return int(value)
    except (TypeError, ValueError):
        return 0


def _list_at(path: str, context: Context) -> list[Any]:
    value = context.values.read_softly(path)
    if empty(value):
        return []
    if not isinstance(value, list):
        raise BrokenError(tuple(path.split(".")), f"{path} has to be a list")
    return value


def _devices(table: str, selector: str, context: Context) -> list[dict[str, Any]]:
    if not empty(context.values.read_softly("gpu.replaceDefaults")):
        return []
    known = context.gpu_defaults[table]
    return [
        {selector: item, "resourceName": name, "externalResourceProvider": True}
        for name, item in known.items()
    ]


def _pci_devices(path: str, context: Context) -> list[Any] | None:
    """Built-in cards (passed through whole only) and the listed ones (bundles/iaas.yaml)."""
    listed = _list_at(path, context)
    if context.gpu_variant == "default":
        listed = _devices("pciHostDevices", "pciVendorSelector", context) + listed
    return listed or None


def _mediated_devices(path: str, context: Context) -> list[Any] | None:
    """Shared cards: built-in ones only where the device manager makes them (bundles/iaas.yaml)."""
    if context.gpu_variant == "default":
        return None
    listed = _list_at(path, context)
    if not empty(context.values.read_softly("gpu.vgpuDeviceManager.enabled")):
        listed = _devices("mediatedDevices", "mdevNameSelector", context) + listed
    return listed or None


def _mediated_configuration(path: str, context: Context) -> Mapping[str, Any] | None:
    if context.gpu_variant == "default":
        return None
    return _mapping_at(path, context) or None


def _mapping_at(path: str, context: Context) -> Mapping[str, Any]:
    value = context.values.read_softly(path)
    if empty(value):
        return {}
    if not isinstance(value, Mapping):
        raise BrokenError(tuple(path.split(".")), f"{path} has to be a mapping")
    return value


def _vgpu_manager(path: str, context: Context) -> Mapping[str, Any] | None:
    """The vGPU manager's image as soon as anything about it is said (bundles/iaas.yaml)."""
    manager = _mapping_at(path, context)
    image = manager.get("image", "vgpu-manager")
    if not empty(image) and not isinstance(image, str):
        raise BrokenError((*path.split("."), "image"), f"{path}.image has to be text")
    said = [manager.get(key) for key in ("repository", "version", "imagePullSecrets")]
    return manager if image != "vgpu-manager" or not all(map(empty, said)) else None


def _vgpu_device_manager(path: str, context: Context) -> bool | None:
    return None if empty(context.values.read_softly(path)) else True


def _wildcard_issued(path: str, context: Context) -> bool:
    """Whether the platform issues a shared wildcard certificate itself (apps.yaml)."""
    block = path.rpartition(".")[0]
    return (
        empty(context.values.read(f"{block}.wildcardSecretName"))
        and context.values.equals(f"{block}.solver", "dns01")
        and context.values.on(path)
        and not context.values.on("gateway.enabled")
    )


def _wildcard_secret(path: str, context: Context) -> Any:
    """The Secret of the wildcard certificate: one's own, else the issued one (apps.yaml)."""
    own = context.values.read(path)
    if not empty(own):
        return own
    block = path.rpartition(".")[0]
    return "cozystack-wildcard-tls" if _wildcard_issued(f"{block}.wildcard", context) else ""


_COMPUTED: Mapping[str, Callable[[str, Context], Any]] = {
    "apiServerHost": lambda path, context: _endpoint(path, context)[0],
    "apiServerPort": lambda path, context: _endpoint(path, context)[1],
    "ingressController": _ingress_controller,
    "trueOrFalse": _true_or_false,
    "wholeRatio": _whole_ratio,
    "pciHostDevices": _pci_devices,
    "mediatedDevices": _mediated_devices,
    "mediatedDevicesConfiguration": _mediated_configuration,
    "vgpuManager": _vgpu_manager,
    "vgpuDeviceManager": _vgpu_device_manager,
    "wildcardIssued": _wildcard_issued,
    "wildcardSecret": _wildcard_secret,
}
