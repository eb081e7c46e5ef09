"""The shape of what holds for the whole cluster: Talos, Kubernetes, and the settings all machines share."""

from __future__ import annotations

from cozygen.schema.build import (
    Document,
    choice,
    flag,
    free,
    list_of,
    map_of,
    obj,
    one_of,
    quantity,
    text,
    whole,
)
from cozygen.spec.shapes.common import host, labels, name
from cozygen.spec.shapes.hardware_links import address, prefix
from cozygen.spec.shapes.hardware_node import patches

PROVIDERS = ("hetzner", "oracle", "serverscom")
BOOTLOADERS = ("sd-boot", "grub", "dual-boot")
ENROLLMENTS = ("off", "manual", "if-safe", "force")
_VERSION = r"^v?[0-9]+\.[0-9]+\.[0-9]+$"


def talos() -> Document:
    """Talos and Kubernetes for the whole cluster."""
    return obj(
        {
            "contract": text("The form of the machine configuration; by default that of Talos' version."),
            "version": version("The version of Talos; by default the one that Cozystack ships."),
            "kubernetes": version("The version of Kubernetes."),
            "clusterName": name("The cluster's name; by default the Platform's."),
            "provider": choice(PROVIDERS, "Whose machines they are; the nodes' network follows from it."),
            "image": text(
                "The installer image; by default Cozystack's own, or the schematic's.",
                pattern=r"^[^\s:/]+(:[0-9]+)?/\S+$",
                says="is no image with its registry",
                hint="write REGISTRY/PATH:TAG",
            ),
            "schematic": schematic(),
            "secureBoot": flag("Whether machines start by Secure Boot; needs a schematic."),
            **network(),
            **components(),
            "encryption": obj(
                {"state": encryption(), "ephemeral": encryption()}, "Encryption of the system disk."
            ),
            "secrets": obj(
                {
                    "age": list_of(
                        text(
                            pattern=r"^age1([a-z0-9]+1)?[02-9ac-hj-np-z]{58,}$",
                            says="is no age recipient",
                            hint="write the public key that age-keygen shows, age1…",
                        ),
                        "Public keys of those who may decrypt the cluster's secrets.",
                    )
                },
                "Who may read the cluster's secrets.",
            ),
            "patches": patches("Patches of every node's machine configuration."),
        },
        "Talos and Kubernetes of the management cluster.",
    )


def version(about: str) -> Document:
    """A version of three numbers."""
    return text(about, pattern=_VERSION, says="is no version", hint="write three numbers, such as v1.13.6")


def network() -> dict[str, Document]:
    """What the cluster's networks are; what the Platform says as well has to be the same there."""
    return {
        "podSubnets": list_of(prefix(), "Networks that nodes take their pod ranges from; no pod uses them."),
        "serviceSubnets": list_of(prefix(), "The services' network; by default the Platform's."),
        "dnsDomain": host("The cluster's DNS domain; by default the Platform's."),
        "nodeSubnets": list_of(prefix(), "Networks of the nodes' addresses; by default each node's own."),
        "hosts": map_of(list_of(host()), "Host names by address, known to every node."),
        "kubespan": obj(
            {
                "enabled": flag("Whether nodes talk to each other through WireGuard."),
                "mtu": whole("MTU of the encrypted links; by default 1420.", low=576, high=9216),
                "advertiseKubernetesNetworks": flag("Whether pods' networks go through it as well."),
                "allowDownPeerBypass": flag("Whether traffic goes in the open while a peer is down."),
                "harvestExtraEndpoints": flag("Whether peers tell each other where they saw others."),
                "endpoints": list_of(text(), "Networks that endpoints are taken from; ! excludes one."),
            },
            "An encrypted network between the nodes.",
        ),
        "mirrors": map_of(
            obj(
                {
                    "endpoints": list_of(
                        one_of(
                            [
                                mirror(),
                                obj({"url": mirror(), "overridePath": flag()}, required=["url"]),
                            ]
                        ),
                        "Where images are taken from, in this order.",
                    ),
                    "skipFallback": flag("Whether the registry itself is never asked."),
                    "ca": text("The certificate authority of the mirror, in PEM."),
                    "insecureSkipVerify": flag("Whether certificates go unchecked."),
                }
            ),
            "Mirrors by the registry that they stand for.",
        ),
        "trustedRoots": labels("Further certificate authorities by name, in PEM."),
        "oidc": oidc(),
    }


def mirror() -> Document:
    """Where a mirror is."""
    return text(pattern=r"^https?://\S+$", says="is no URL", hint="write https://mirror.example.org")


def components() -> dict[str, Document]:
    """Settings of the kernel and of Kubernetes' components."""
    return {
        "hugepages": whole("Huge pages of 2 MiB that every kernel sets aside.", low=0),
        "sysctls": labels("Kernel parameters."),
        "modules": list_of(
            obj({"name": text(), "parameters": list_of(text())}, required=["name"]), "Kernel modules."
        ),
        "tcpKeepalive": flag("Whether dead connections are found within ten minutes instead of two hours."),
        "environment": labels("Environment variables of Talos' services, such as proxies."),
        "kubelet": obj(
            {
                "maxPods": whole("How many pods a node runs at most; by default 512.", low=1, high=4096),
                "extraArgs": labels("Further arguments."),
                "extraConfig": free("Further fields of the kubelet's configuration."),
            },
            "The kubelet.",
        ),
        "apiServer": obj({"extraArgs": labels("Further arguments.")}, "The API server."),
        "controllerManager": obj({"extraArgs": labels("Further arguments.")}, "The controller manager."),
        "scheduler": obj({"extraArgs": labels("Further arguments.")}, "The scheduler."),
        "etcd": obj(
            {
                "advertisedSubnets": list_of(prefix(), "Networks that etcd advertises addresses of."),
                "listenSubnets": list_of(prefix(), "Networks that etcd listens on."),
                "quota": quantity("How large the database may become; by default 8Gi."),
                "extraArgs": labels("Further arguments."),
            },
            "etcd.",
        ),
    }


def oidc() -> Document:
    """How the API server knows people; what the Platform's Keycloak needs comes by itself."""
    return obj(
        {
            "issuer": text(
                "The issuer's URL; by default the Platform's Keycloak.",
                pattern=r"^https://\S+$",
                says="is no https URL, and the API server takes no other",
                hint="write https://keycloak.example.org/realms/cozy",
            ),
            "clientID": text("The client; by default kubernetes."),
            "usernameClaim": text("The claim with the user's name; by default preferred_username."),
            "groupsClaim": text("The claim with the groups; by default groups."),
            "ca": text("The certificate authority of the issuer, in PEM, where it is no public one."),
            "address": address("The issuer's address, where its name cannot be looked up."),
        },
        "How the API server recognises people.",
    )


def schematic() -> Document:
    """What an image of Talos' Image Factory holds besides Talos itself."""
    return obj(
        {
            "extensions": list_of(text(), "Official system extensions, such as siderolabs/drbd."),
            "kernelArgs": list_of(text(), "Kernel arguments, in this order."),
            "meta": list_of(
                obj({"key": whole(low=0, high=255), "value": text()}, required=["key", "value"]),
                "Initial values of Talos' META partition.",
            ),
            "bootloader": choice(BOOTLOADERS, "What starts Talos; by default the image's own choice."),
            "enrollKeys": choice(ENROLLMENTS, "When Secure Boot's keys are enrolled; by default if-safe."),
            "wellKnownCertificates": flag(
                "Whether Secure Boot also takes what well-known makers have signed."
            ),
            "sectorSize": {
                "type": "integer",
                "enum": [512, 4096],
                "description": "Bytes of a disk's sector.",
            },
            "overlay": obj(
                {"image": text("The overlay's image."), "name": text("Its name."), "options": free()},
                "An overlay for a single-board computer.",
                required=["image", "name"],
            ),
        },
        "An image of Talos' Image Factory in place of Cozystack's own; has to hold drbd and zfs.",
    )


def encryption() -> Document:
    """How a part of the system disk is encrypted."""
    return obj(
        {
            "keys": list_of(
                obj(
                    {
                        "type": choice(("nodeID", "tpm", "kms"), "Where the key comes from."),
                        "endpoint": text("The key server (kms)."),
                        "pcrs": list_of(whole(low=0, high=23), "PCRs that the key is bound to (tpm)."),
                        "lockToState": flag("Whether the key also needs the STATE partition."),
                    },
                    required=["type"],
                ),
                "Keys, each in a slot of its own.",
                least=1,
            ),
            "cipher": text("The cipher."),
        },
        required=["keys"],
    )
