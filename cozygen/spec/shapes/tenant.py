"""The shape of a Tenant's spec."""

from __future__ import annotations

from cozygen.schema.build import Document, flag, free, list_of, map_of, obj, one_of, quantity, text
from cozygen.spec.shapes.common import duration, host, metadata, name, object_name, user_name

LEVELS = ("view", "use", "admin", "super-admin")
ROOT = "root"


def tenant_shape(
    services: dict[str, Document], apps: Document, cluster: Document, children: Document
) -> Document:
    """A tenant's spec.

    ``services`` maps the name of every tenant module to the shape of its values, ``apps`` is the shape of
    the whole ``apps`` section, ``cluster`` that of one tenant cluster, ``children`` that of a child tenant.
    """
    return obj(
        {
            "host": host(
                "The DNS name under which the tenant publishes; by default NAME.PARENT-HOST.", empty=True
            ),
            "quota": map_of(
                quantity(),
                "Limits for everything in the tenant and below: cpu, memory, storage, ephemeral-storage, "
                "services.loadbalancers, pods and other counts, or an extended resource such as nvidia.com/gpu.",
            ),
            "schedulingClass": text(
                "The SchedulingClass of everything in the tenant. A class set on an ancestor cannot be overridden."
            ),
            "services": obj(
                {key: one_of([shape, flag()], _SERVICES.get(key, "")) for key, shape in services.items()},
                "Modules that the tenant runs itself instead of using its parent's. Give {} to run one with "
                "its defaults, values to tune it, false to say explicitly that it does not run.",
            ),
            "members": obj(
                {level: list_of(member(), _LEVELS[level]) for level in LEVELS},
                "Who may do what in this tenant and all tenants below it.",
            ),
            "apps": apps,
            "clusters": map_of(
                one_of([cluster, {"type": "null"}]),
                "Tenant Kubernetes clusters by name. Entries of nodeGroups may leave out what has a default.",
            ),
            "tenants": children,
            "backups": map_of(plan(), "Backup plans by name.", names=name()),
            "secrets": map_of(
                secret(),
                "Secrets in the tenant's namespace that apps refer to. None is ever written in plain text.",
                names=object_name(),
            ),
            "repository": repository(),
            "blueprints": list_of(
                use(), "Blueprints whose apps, clusters and child tenants this tenant gets."
            ),
            "_metadata": metadata(),
        },
        "A tenant: a namespace with a quota, services, applications, clusters and child tenants.",
    )


def member() -> Document:
    """A person or a group of the identity provider."""
    return one_of(
        [
            user_name("A user, by the e-mail address or name with which they log in."),
            obj({"user": user_name("A user, by e-mail address or name.")}, required=["user"]),
            obj(
                {
                    "group": text(
                        "A group as the identity provider names it.", pattern=r"\S", says="is no name"
                    )
                },
                required=["group"],
            ),
        ]
    )


def plan() -> Document:
    """A schedule after which an application is backed up."""
    return obj(
        {
            "app": text(
                "What to back up: KIND/NAME, such as Postgres/main.",
                pattern=r"^[A-Za-z]+/[a-z0-9-]+$",
                says="does not name an application",
                hint="write KIND/NAME, such as Postgres/main",
            ),
            "class": name("The BackupClass, by default the platform's cozy-default."),
            "schedule": text("When, as a cron expression of five fields, such as 0 2 * * *."),
        },
        required=["app", "schedule"],
    )


def secret() -> Document:
    """A Secret: one that exists, or a SOPS-encrypted file."""
    return one_of(
        [
            obj(
                {
                    "external": {
                        "type": "boolean",
                        "const": True,
                        "description": "The Secret is made by other means.",
                    }
                },
                "A Secret that exists without cozygen, for example made by an operator.",
                required=["external"],
            ),
            obj(
                {"file": text("A SOPS-encrypted Secret manifest, relative to this file.")},
                "A Secret that Flux decrypts from the repository.",
                required=["file"],
            ),
        ]
    )


def repository() -> Document:
    """A repository that a tenant's people own."""
    return obj(
        {
            "url": text(
                "The repository, as the nodes reach it.",
                pattern=r"^(https?|ssh)://\S+$",
                says="is no URL that Flux can fetch",
                hint="write https://…, http://… or ssh://user@host/path",
            ),
            "branch": text("The branch; by default main."),
            "path": text("The directory in the repository; by default its root."),
            "secretRef": name("A Secret of this tenant with the credentials; declare it under secrets."),
            "interval": duration("How often Flux looks for changes; by default 1m."),
        },
        "A repository of the tenant's own. Flux applies the applications in it as the tenant's ServiceAccount, "
        "in the tenant's namespace and nowhere else.",
        required=["url"],
    )


def use() -> Document:
    """A use of a blueprint with its parameters."""
    return obj(
        {"use": text("The blueprint's name."), "with": free("Values for the blueprint's parameters.")},
        required=["use"],
    )


_SERVICES = {
    "etcd": "An etcd cluster for the control planes of tenant clusters here and below.",
    "ingress": "An ingress controller with an address of its own.",
    "monitoring": "Metrics, logs and Grafana.",
    "seaweedfs": "S3 object storage for buckets here and below.",
    "gateway": "A Gateway API gateway with an address of its own.",
    "info": "Access details for members; always runs.",
}
_LEVELS = {
    "view": "May look at applications and pods.",
    "use": "May also open consoles, start and stop VMs, and read the credentials of applications.",
    "admin": "May also create, change and delete applications.",
    "super-admin": "May also create tenants and change modules.",
}
