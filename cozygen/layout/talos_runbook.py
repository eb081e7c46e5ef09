"""``talos/runbook.md``: how machines become the nodes of their cluster, step by step.

As in the other runbook, the prose stands in constants and what of it is said is decided below them.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from cozygen.emit.talos.boot import reservations
from cozygen.emit.talos.install import COZYSTACK_IMAGE, FACTORY, installer_image
from cozygen.emit.talos.schematic import schematic_id
from cozygen.layout.tree import SECRETS
from cozygen.platform.machines.address import parse_address
from cozygen.platform.machines.cluster import API_PORT, Cluster, minor, section
from cozygen.platform.model import Platform
from cozygen.platform.nodes import Hardware, Node
from cozygen.platform.packages_set import PackageSet

BOOTBOX = "bootbox"

_TITLE = """\
# Machines of {platform}

How {machines} of the cluster `{cluster}` {become}. Everything here is done
by hand; nothing in this directory is applied by Flux. Run the commands from the directory that holds
`{path}talos`. Where `cozygen.yaml` names several sites, add `--site NAME` to `cozygen talos`.

Needed: `talosctl` {minor} (the same minor version as the machines'), `kubectl`, `sops`, `age`, and cozygen installed as
`cozygen[talos]`.

"""
_SECRETS = """\

## 1. Secrets, once

"""
_MAKE_SECRETS = """\
```sh
cozygen talos secrets
git add {path}{secrets}
```
"""
_MADE_ONCE = """\

This makes the cluster's keys and tokens and encrypts them for the age recipients of the spec. The file is made
once in the cluster's life: with other secrets no machine would know the others. cozygen never overwrites it.
"""
_NO_RECIPIENTS = """\
Name the age recipients in the spec, `talos: {{secrets: {{age: [age1…]}}}}` of Hardware, and render again. Then:

"""
_IMAGE = """\

## 2. Image

Machines install `{image}`.
"""
_FACTORY_IMAGE = """\

The Image Factory has to see the schematic once before anyone can pull the image. It answers with the ID
`{schematic}`:

```sh
curl --fail --data-binary @{path}talos/schematic.yaml {factory}/schematics
```

Boot images:

"""
_OWN_IMAGE = """\
Boot images (`metal-amd64.iso`, `metal-amd64.raw.xz`, `nocloud-amd64.raw.xz`) are among the files of Cozystack's
release.
"""
_FIRST_BOOT = """\

## 3. First boot

Every machine has to run Talos in maintenance mode, {where}. One of:

- the ISO, or the disk image where machines come from a cloud;
- from a Linux that runs on the machine, such as a rescue system: its command in
  `{path}talos/boot/boot-to-talos.txt`. It replaces what is on the disk;
"""
_RESERVATIONS = """\
- the network: give `{path}talos/boot/dnsmasq.conf` to the dnsmasq that serves PXE, beside Cozystack's matchbox;
"""
_BOOTBOX = """\
- for machines that join a running cluster, BootBox: `{path}talos/boot/bootbox.yaml` has its values.
"""
_UNKNOWN = """\
The public address of {unknown} comes by DHCP: put what the provider shows in place of the address
below.

"""
_CONFIGURATIONS = """\
```

The disks have to be those that the spec describes, and data disks have to be empty.

## 4. Configurations

```sh
cozygen talos config
cozygen talos validate
```

This writes whole configurations and a `talosconfig` into `{path}talos/configs`, which Git ignores. The same
without cozygen, for one machine:

```sh
talosctl gen config {cluster} {endpoint} \\
  --with-secrets <(sops --decrypt {path}{secrets}) \\
  --talos-version {contract} --kubernetes-version {kubernetes} --with-docs=false --with-examples=false \\
  --config-patch-{first_kind} @{path}talos/nodes/{first_name}.yaml \\
  --output-types {first_role} --output {path}talos/configs/{first_name}.yaml
```

## 5. Apply

```sh
"""
_BOOTSTRAP = """\
```

Each machine installs Talos and starts again.

## 6. Bootstrap, once, on one control plane

```sh
export TALOSCONFIG={path}talos/configs/talosconfig
talosctl bootstrap --nodes {first} --endpoints {first}
talosctl health --nodes {first} --endpoints {first} --wait-timeout 10m
```

`health` waits for nodes to become Ready, which they do only once Cozystack has brought the network: stop it when
etcd and the control plane are up.
"""
_SHARED = """\
Never use {shared} as an endpoint of `talosctl`: the address is served by what `talosctl` may have to
repair. The `talosconfig` lists the control planes themselves.
"""
_KUBECONFIG = """\

## 7. kubeconfig

```sh
talosctl kubeconfig {path}talos/configs/kubeconfig --nodes {first} --endpoints {first}
export KUBECONFIG={path}talos/configs/kubeconfig
"""
_FROM_OUTSIDE = """\
kubectl config set-cluster {cluster} --server {outside}
kubectl get nodes
```

The kubeconfig names the endpoint of the machines' own network, `{endpoint}`. `kubectl config` lets it
reach the API server from outside.
"""
_FROM_WITHIN = """\
kubectl get nodes
```
"""
_LATER = """\

## 8. Cozystack

Go on with `{path}bootstrap/runbook.md`: Cozystack's operator, credentials, Flux.

## Later changes

Change the spec, render, then for every machine whose file in `{path}talos/nodes` changed, one after the other:

```sh
cozygen talos config NODE
talosctl apply-config --nodes ADDRESS --file {path}talos/configs/NODE.yaml --dry-run
talosctl apply-config --nodes ADDRESS --file {path}talos/configs/NODE.yaml
```

The first run only shows what changes, and whether the machine starts again.

## Upgrades

Talos{schematic_too}: change the spec, render, commit, and upgrade one machine after the other. Wait until
the storage is in sync again before the next one.

```sh
talosctl upgrade --nodes ADDRESS --image {image}
kubectl exec --namespace cozy-linstor deploy/linstor-controller -- linstor resource list --faulty
```

Kubernetes: change `talos.kubernetes`, render, commit, then once for all machines:

```sh
talosctl upgrade-k8s --nodes {first} --endpoints {first} --to {kubernetes} --dry-run
talosctl upgrade-k8s --nodes {first} --endpoints {first} --to {kubernetes}
```
"""


class Machine(NamedTuple):
    """A machine as the runbook speaks of it: its own address, and the one under which people reach it."""

    name: str
    role: str
    address: str
    reach: str


_NO_MACHINE = Machine("NODE", "controlplane", "ADDRESS", "ADDRESS")


def talos_runbook(platform: Platform, cluster: Cluster) -> str:
    """The runbook for the machines of this platform."""
    hardware = platform.site.hardware
    machines = machines_of(hardware)
    words = _words(platform, cluster, machines)
    sections = (
        (_TITLE, *_table(machines)),
        _secrets(cluster),
        _image(hardware, cluster),
        _first_boot(hardware, platform.site.packages),
        (f"talosctl --nodes {m.reach} get disks --insecure    # {m.name}\n" for m in machines),
        (_CONFIGURATIONS,),
        (
            f"talosctl apply-config --insecure --nodes {m.reach} --file {{path}}talos/configs/{m.name}.yaml\n"
            for m in machines
        ),
        (_BOOTSTRAP, *((_SHARED,) if cluster.shared else ())),
        (_KUBECONFIG, _FROM_OUTSIDE if words["outside"] else _FROM_WITHIN, _LATER),
    )
    return "".join(text.format_map(words) for section in sections for text in section)


def machines_of(hardware: Hardware) -> list[Machine]:
    """All machines that have an address, control planes first."""
    workers = [node for node in hardware.nodes.values() if not node.control_plane]
    return [
        Machine(node.name, node.role, str(node.address.ip), str((node.reach or node.address).ip))
        for node in (*hardware.control_planes, *workers)
        if node.address is not None
    ]


def _public(machines: Sequence[Machine]) -> bool:
    """Whether any machine is reached under another address than its own."""
    return any(machine.reach != machine.address for machine in machines)


def _table(machines: Sequence[Machine]) -> Iterator[str]:
    public = _public(machines)
    more, rule = (" | reached at", " | ---") if public else ("", "")
    yield f"| machine | role | address{more} |\n| --- | --- | ---{rule} |\n"
    for machine in machines:
        reached = f" | {machine.reach}" if public else ""
        yield f"| {machine.name} | {machine.role} | {machine.address}{reached} |\n"


def _secrets(cluster: Cluster) -> tuple[str, ...]:
    if section(cluster.body, "secrets").get("age"):
        return _SECRETS, _MAKE_SECRETS, _MADE_ONCE
    return _SECRETS, _NO_RECIPIENTS, _MAKE_SECRETS


def _image(hardware: Hardware, cluster: Cluster) -> Iterator[str]:
    image = installer_image(cluster)
    yield _IMAGE
    if image.startswith(FACTORY):
        yield _FACTORY_IMAGE
        for name in boot_images(hardware, cluster):
            yield f"- `{{factory}}/image/{{schematic}}/{{talos}}/{name}`\n"
    elif image.startswith(COZYSTACK_IMAGE):
        yield _OWN_IMAGE


def _first_boot(hardware: Hardware, packages: PackageSet) -> Iterator[str]:
    yield _FIRST_BOOT
    if any(True for _ in reservations(hardware)):
        yield _RESERVATIONS
    if packages.has(BOOTBOX):
        yield _BOOTBOX
    yield "\n"
    if any(map(reached_by_dhcp, hardware.nodes.values())):
        yield _UNKNOWN
    yield "```sh\n"


def _words(platform: Platform, cluster: Cluster, machines: Sequence[Machine]) -> dict[str, str | None]:
    """What the prose is filled in with."""
    site = platform.site
    first = machines[0] if machines else _NO_MACHINE
    image = installer_image(cluster)
    one = len(machines) == 1
    return {
        "platform": site.name,
        "machines": "the machine" if one else f"the {len(machines)} machines",
        "become": "becomes its node" if one else "become its nodes",
        "cluster": cluster.name,
        "endpoint": cluster.endpoint,
        "talos": cluster.talos,
        "minor": minor(cluster.talos),
        "kubernetes": cluster.kubernetes,
        "contract": cluster.contract,
        "image": image,
        "factory": f"https://{FACTORY}",
        "schematic": schematic_id(cluster.schematic),
        "schematic_too": ", or another schematic" if image.startswith(FACTORY) else "",
        "first": first.reach,
        "first_name": first.name,
        "first_role": first.role,
        "first_kind": "control-plane" if first.role == "controlplane" else "worker",
        "where": "where the table says that it is reached"
        if _public(machines)
        else "under the address of the table",
        "unknown": ", ".join(node.name for node in site.hardware.nodes.values() if reached_by_dhcp(node)),
        "outside": outside_endpoint(cluster, first.reach, first.address),
        "shared": " or ".join(str(item.address) for item in cluster.shared),
        "path": site.delivery.prefix,
        "secrets": SECRETS,
    }


def boot_images(hardware: Hardware, cluster: Cluster) -> list[str]:
    """The file names of the Image Factory's boot images for these machines."""
    suffix = "-secureboot" if cluster.secure_boot else ""
    kinds = sorted({str(node.body.get("architecture", "amd64")) for node in hardware.nodes.values()})
    return [f"metal-{kind}{suffix}.{form}" for kind in kinds for form in ("iso", "raw.xz")]


def reached_by_dhcp(node: Node) -> bool:
    """Whether the address under which people reach the machine is known to its provider alone."""
    public = section(node.body, "public")
    return public.get("dhcp") is True and "address" not in public


def outside_endpoint(cluster: Cluster, reach: str, own: str) -> str | None:
    """The API server's URL from outside of the machines' network, where the endpoint is an address of that alone."""
    endpoint = parse_address(cluster.host)
    if reach == own or endpoint is None or str(endpoint) == reach:
        return None
    return f"https://{f'[{reach}]' if ':' in reach else reach}:{API_PORT}"
