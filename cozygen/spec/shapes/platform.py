"""The shape of a Platform's spec: what the site is made of apart from its tenants and machines."""

from __future__ import annotations

from collections.abc import Mapping

from cozygen.schema.build import Document, choice, flag, free, list_of, map_of, obj, one_of, text, whole
from cozygen.spec.shapes.common import duration, labels, name, object_name, user_name

DRIVERS = ("zfs", "zfs-thin", "lvm", "lvm-thin", "file", "file-thin")
LAYOUTS = ("auto", "direct", "artifacts", "staged", "sources")


def platform_shape(cozystack: Document, sections: Mapping[str, Document]) -> Document:
    """A Platform's spec; ``cozystack`` and the value ``sections`` come from the targeted release's catalog."""
    return obj(
        {
            "cozystack": cozystack,
            **sections,
            "applications": list_of(
                obj({"file": text("An ApplicationDefinition, relative to this file.")}, required=["file"]),
                "Application kinds of your own catalogs.",
            ),
            "storage": storage(),
            "loadBalancer": load_balancer(),
            "schedulingClasses": map_of(scheduling_class(), "SchedulingClasses by name.", names=name()),
            "backups": obj(
                {"classes": map_of(backup_class(), "BackupClasses by name.", names=object_name())},
                "How backups are made.",
            ),
            "access": access(),
            "delivery": delivery(),
        },
        "A site: which Cozystack, published where, on which storage and addresses, delivered how.",
        required=["cozystack", "publishing"],
    )


def storage() -> Document:
    """Storage pools and StorageClasses."""
    return obj(
        {
            "pools": map_of(
                obj(
                    {
                        "driver": choice(DRIVERS, "How LINSTOR keeps volumes on the disks."),
                        "name": text(
                            "The pool's name on the nodes (zpool, volume group), by default the key."
                        ),
                        "thinPool": text("The thin pool inside the volume group, for lvm-thin."),
                        "directory": text("The directory that holds the volumes, for file and file-thin."),
                        "nodeSelector": labels("Nodes that have the pool, where Hardware does not say it."),
                        "devices": list_of(
                            text(pattern="^/dev/", says="is no device path"),
                            "Devices on each of these nodes.",
                        ),
                        "deletionPolicy": choice(
                            ("Evacuate", "Retain", "Delete"),
                            "What LINSTOR does when a node goes; by default Retain.",
                        ),
                        "properties": labels("LINSTOR properties of the pool."),
                    },
                    required=["driver"],
                ),
                "LINSTOR storage pools by name; their disks come from Hardware.",
                names=name(),
            ),
            "classes": map_of(
                one_of([storage_class(), {"type": "null"}]), "StorageClasses by name.", names=object_name()
            ),
        },
        "Storage pools and classes.",
    )


def storage_class() -> Document:
    """A StorageClass: on LINSTOR, on NFS, of another provisioner, or one that exists already."""
    return obj(
        {
            "default": flag("Whether volumes that name no class get this one."),
            "pool": text("The storage pool; by default the only one."),
            "replicas": whole(
                "Copies on different nodes; more than one means DRBD replication.", low=1, high=16
            ),
            "encrypted": flag("Whether volumes are encrypted with LUKS."),
            "remote": flag(
                "Whether a volume may be used from a node without a copy; by default if replicated."
            ),
            "reclaimPolicy": choice(("Delete", "Retain"), "What becomes of a volume after its claim."),
            "binding": choice(("Immediate", "WaitForFirstConsumer"), "When a volume is made."),
            "parameters": labels("Further parameters; they win over those that cozygen derives."),
            "mountOptions": list_of(text(), "Mount options."),
            "labels": labels("Labels of the class."),
            "nfs": obj(
                {"server": text("The server."), "share": text("The exported path.")},
                "An NFS share; needs the package nfs-driver.",
                required=["server", "share"],
            ),
            "provisioner": text("A CSI driver other than LINSTOR's."),
            "external": flag("The class exists without cozygen, which only refers to it."),
        }
    )


def load_balancer() -> Document:
    """Address pools for Services of type LoadBalancer, announced by MetalLB."""
    return obj(
        {
            "pools": map_of(
                obj(
                    {
                        "addresses": list_of(text(), "Ranges (A-B) or CIDRs.", least=1),
                        "announce": choice(
                            ("l2", "bgp", "none"), "How the addresses become reachable; by default l2."
                        ),
                        "autoAssign": flag(
                            "Whether Services get addresses from this pool without asking for it."
                        ),
                        "avoidBuggyIPs": flag("Whether addresses ending in .0 and .255 are left out."),
                        "interfaces": list_of(text(), "Interfaces that answer for the addresses (l2)."),
                        "nodeSelector": labels("Nodes that announce the addresses."),
                        "aggregationLength": whole(
                            "Prefix length of what is announced (bgp).", low=1, high=32
                        ),
                        "localPref": whole("Local preference of the routes (bgp).", low=0),
                        "communities": list_of(text(), "BGP communities of the routes (bgp)."),
                        "peers": list_of(text(), "BGP peers that get the routes; by default all."),
                    },
                    required=["addresses"],
                ),
                "Address pools by name.",
                names=object_name(),
            ),
            "bgp": obj(
                {
                    "peers": map_of(
                        obj(
                            {
                                "myASN": whole("The cluster's AS number.", low=1, high=4294967295),
                                "peerASN": whole("The router's AS number.", low=1, high=4294967295),
                                "peerAddress": text("The router's address."),
                                "peerPort": whole("The router's port.", low=1, high=65535),
                                "holdTime": duration("How long a silent peer counts as alive."),
                                "keepaliveTime": duration("How often the session is kept alive."),
                                "ebgpMultiHop": flag("Whether the router is more than one hop away."),
                                "bfdProfile": text("A BFDProfile that exists."),
                                "sourceAddress": text("The address the session comes from."),
                                "routerID": text("The router ID."),
                                "passwordSecret": name("A Secret in cozy-metallb that holds the password."),
                                "nodeSelector": labels("Nodes that peer with this router."),
                            },
                            required=["myASN", "peerASN", "peerAddress"],
                        ),
                        "BGP routers by name.",
                        names=object_name(),
                    )
                },
                "BGP sessions with the routers.",
            ),
        },
        "Addresses for Services of type LoadBalancer.",
    )


def scheduling_class() -> Document:
    """Where the pods of a tenant may run."""
    return obj(
        {
            "nodeSelector": labels("Labels that a node must have."),
            "nodeAffinity": free("Kubernetes node affinity."),
            "podAffinity": free("Kubernetes pod affinity."),
            "podAntiAffinity": free("Kubernetes pod anti-affinity."),
            "topologySpreadConstraints": list_of(free(), "Kubernetes topology spread constraints."),
        }
    )


def backup_class() -> Document:
    """Which strategy backs up which kind of application."""
    return obj(
        {
            "strategies": list_of(
                obj(
                    {
                        "app": text("The application kind, such as Postgres."),
                        "strategy": text(
                            "The strategy object: KIND/NAME, such as CNPG/cozy-default.",
                            pattern=r"^[A-Za-z]+/[a-z0-9.-]+$",
                            says="does not name a strategy",
                            hint="write KIND/NAME, such as CNPG/nightly",
                        ),
                        "parameters": free("Parameters of the strategy. Tenants can read them: no secrets."),
                    },
                    required=["app", "strategy"],
                ),
                least=1,
            )
        },
        required=["strategies"],
    )


def access() -> Document:
    """People: platform administrators and details of accounts."""
    return obj(
        {
            "admins": list_of(user_name(), "Users who administer the whole platform."),
            "users": map_of(
                obj(
                    {
                        "email": text("The e-mail address, by default the user's name where that is one."),
                        "firstName": text("Given name."),
                        "lastName": text("Family name."),
                        "passwordSecret": obj(
                            {
                                "name": name(),
                                "key": text(),
                                "temporary": flag("Whether it must be changed at the first login."),
                            },
                            "A Secret beside the account that holds the first password.",
                            required=["name", "key"],
                        ),
                        "requiredActions": list_of(text(), "What the user has to do at the next login."),
                        "enabled": flag("Whether the account can be used."),
                    }
                ),
                "Accounts in Keycloak by user name. Users named anywhere as members get one by themselves.",
                names=user_name(),
            ),
        },
        "Accounts and administrators. Needs authentication.oidc.enabled.",
    )


def delivery() -> Document:
    """How Flux gets the rendered tree."""
    return obj(
        {
            "git": obj(
                {
                    "url": text(
                        "The repository, as the nodes reach it.",
                        pattern=r"^(https?|ssh)://\S+$",
                        says="is no URL that Flux can fetch",
                        hint="write https://…, http://… or ssh://user@host/path",
                    ),
                    "branch": text(
                        "The branch that Flux watches; by default main.",
                        pattern=r"^(?![-/.])(?!.*(\.\.|//|@\{|/\.|\.lock$|[/.]$))[^\s~^:?*\[\\]+$",
                        says="is no name of a branch",
                        hint="write main or the like",
                    ),
                    "path": text(
                        "The directory in the repository; by default its root.",
                        pattern=r"^(?!(.*/)?\.\.(/|$))[^\s\\]*$",
                        says="is no path inside of the repository",
                        hint="write a path such as clusters/prod, without '..' and white space",
                    ),
                    "secretRef": name("A Secret in cozy-fluxcd with the credentials."),
                    "interval": duration("How often Flux looks for changes; by default 1m."),
                },
                "The Git repository.",
                required=["url"],
            ),
            "oci": obj(
                {
                    "url": text(
                        "The artifact's repository, as the nodes reach it.",
                        pattern=r"^oci://[a-z0-9.-]+(:[0-9]+)?(/[a-z0-9]+([._-]+[a-z0-9]+)*)+$",
                        says="is no address of an artifact",
                        hint="write oci://HOST/REPOSITORY, in lower case and without a tag",
                    ),
                    "tag": text(
                        "The tag that Flux watches; by default latest.",
                        pattern=r"^[A-Za-z0-9_][A-Za-z0-9._-]{0,99}$",
                        says="is no tag",
                    ),
                    "secretRef": name("A Secret in cozy-fluxcd of type dockerconfigjson."),
                    "insecure": flag("Whether the registry is spoken to without TLS."),
                    "interval": duration("How often Flux looks for changes; by default 1m."),
                },
                "An OCI artifact instead of a Git repository.",
                required=["url"],
            ),
            "layout": obj(
                {
                    "mode": choice(LAYOUTS, "How tenants map to Flux objects; auto chooses by their number."),
                    "groups": whole(
                        "Groups of tenants in the modes staged and sources, a power of two.", low=1, high=4096
                    ),
                    "sources": whole(
                        "Repository slices in the mode sources, a power of two.", low=1, high=256
                    ),
                },
                "How tenants map to Flux objects.",
            ),
            "decryption": obj(
                {"secretRef": name("A Secret in cozy-fluxcd with age or PGP keys.")},
                "How Flux decrypts SOPS-encrypted Secrets.",
                required=["secretRef"],
            ),
        },
        "How Flux gets what cozygen renders.",
    )
