"""What a tenant refers to by name: packages, scheduling classes, backups, secrets, other applications."""

from __future__ import annotations

import re
from collections.abc import Iterator

from cozygen.diagnostics import Code, Diagnostic, Related, Severity
from cozygen.emit.release import target_path
from cozygen.platform.model import Site
from cozygen.platform.tenant import App, Plan, Tenant
from cozygen.schema import did_you_mean
from cozygen.spec.model import Manifest

KIND_NOT_INSTALLED = Code(
    "CZ5010",
    Severity.ERROR,
    "an application kind that the platform does not install",
    why="The release knows the kind, but this platform does not install the package that brings it: no bundle "
    "has it, its bundle is off, or it is disabled. The application's API, its operator, or both are missing.",
    fix="Enable the package that the message names under cozystack.packages.enable, or switch on its bundle.",
)
UNKNOWN_SCHEDULING_CLASS = Code(
    "CZ5011",
    Severity.ERROR,
    "unknown scheduling class",
    why="The scheduler ignores a class that does not exist without a word, so the tenant's pods run anywhere.",
    fix="Correct the name, or add the class under schedulingClasses of the Platform.",
)
CLASS_NOT_OVERRIDABLE = Code(
    "CZ5012",
    Severity.ERROR,
    "a scheduling class that an ancestor has set already",
    why="The class of the nearest ancestor that sets one holds for everything below it. A child's own is "
    "ignored without a word.",
    fix="Take the class out of one of the two tenants.",
)
ROOT_CLASS = Code(
    "CZ5013",
    Severity.WARNING,
    "a scheduling class on root is without effect",
    why="The platform makes the root tenant's settings itself and has no scheduling class among them.",
    fix="Set the class on the tenants below root.",
)
UNKNOWN_BACKUP_CLASS = Code(
    "CZ5014",
    Severity.ERROR,
    "unknown BackupClass",
    why="A plan whose class does not exist never makes a backup.",
    fix="Correct the name, or add the class under backups.classes of the Platform. The platform brings "
    "cozy-default.",
)
BACKUP_APP = Code(
    "CZ5015",
    Severity.ERROR,
    "a backup plan for an application that is not there",
    why="The plan names an application that the tenant does not have, so there is nothing to back up.",
    fix="Correct the name, written as KIND/NAME.",
)
BACKUP_KIND = Code(
    "CZ5016",
    Severity.ERROR,
    "a BackupClass without a strategy for the kind",
    why="A BackupClass has one strategy for each application kind that it covers. For this kind it has none, "
    "so the plan's backups fail.",
    fix="Add a strategy for the kind to the class, or name another class.",
)
UNKNOWN_SECRET = Code(
    "CZ8001",
    Severity.ERROR,
    "a Secret that is not declared",
    why="A value is to come from a Secret that the tenant does not declare, so nothing says that it exists. "
    "Without it the release cannot be installed.",
    fix="Declare it under secrets of the tenant: with a SOPS-encrypted file, or external: true.",
)
SECRET_FILE = Code(
    "CZ8002",
    Severity.ERROR,
    "an encrypted file without the Secret",
    why="The file that should bring a Secret does not hold an encrypted Secret of that name, or it is for "
    "another namespace.",
    fix="Put a Secret of that name, encrypted with SOPS, into the file; leave its namespace out or name the "
    "tenant's.",
)
MODULE_SECRET = Code(
    "CZ8003",
    Severity.ERROR,
    "a module that takes a value from a Secret",
    why="The tenant's chart makes the release of a module, and cozygen only adds plain values to it. Were it "
    "to add a Secret to read from, the chart would take that out again at its next upgrade.",
    fix="Leave the value out of the spec and set it on the platform, with kubectl edit or in the dashboard: "
    "what is set there beside the spec's values stays.",
)
SECRET_PLACE = Code(
    "CZ8004",
    Severity.ERROR,
    "a value that no Secret can fill",
    why="Flux puts a Secret's value at a path of at most 250 letters, digits, dashes, dots, underscores and slashes. "
    "With any other character in a key on the way the API server refuses the whole release.",
    fix="Rename the key, or let the chart make the secret by itself.",
)
CLUSTER_OF_NODES = Code(
    "CZ5017",
    Severity.ERROR,
    "node pool of a cluster that is not there",
    why="A KubernetesNodes application adds nodes to a tenant cluster of the same tenant and is named after "
    "it. Without the cluster its machines wait for ever.",
    fix="Correct cluster, or add the tenant cluster to the tenant.",
)
IMAGE_PACKAGE = Code(
    "CZ5018",
    Severity.ERROR,
    "a VM image without the package that brings it",
    why="The platform's golden images come with the package vm-default-images, which is not enabled. The "
    "disk would wait for its source for ever.",
    fix="Add vm-default-images to cozystack.packages.enable, or give the disk an http source.",
)

DEFAULT_CLASS = "cozy-default"
_PATH = re.compile(r"([a-zA-Z0-9_\-.\\/]|\[[0-9]{1,5}\])+").fullmatch  # of HelmRelease's valuesFrom
_KEY = re.compile(r"[-._a-zA-Z0-9]{1,253}").fullmatch
_MOST_PATH = 250
_DEFAULT_KINDS = frozenset(("Postgres", "MariaDB", "Etcd", "ClickHouse", "VMInstance", "VMDisk"))


def kinds_installed(tenant: Tenant, site: Site) -> Iterator[Diagnostic]:
    """The packages behind a tenant's applications and modules."""
    seen: set[str] = set()
    for app in (*tenant.apps, *(s.app for s in tenant.services.values() if s.enabled)):
        package = app.application.package
        if package is None or site.packages.has(package) or app.kind in seen:
            continue
        seen.add(app.kind)
        yield KIND_NOT_INSTALLED.at(
            app.place,
            f"{app.label}: this platform does not install the package {package} that brings the kind {app.kind}",
            hint=site.packages.how_to_enable(package),
            values={"kind": app.kind, "package": package},
        )


def scheduling(tenant: Tenant, site: Site) -> Iterator[Diagnostic]:
    """The tenant's scheduling class."""
    own = tenant.body.get("schedulingClass")
    if not own:
        return
    place = tenant.at("schedulingClass")
    if tenant.is_root:
        yield ROOT_CLASS.at(
            place,
            f"the scheduling class {own} is without effect on root",
            hint="set it on the tenants below",
            values={"class": own},
        )
        return
    setter = next((t for t in tenant.ancestors if t.body.get("schedulingClass") and not t.is_root), None)
    if setter is not None and own != tenant.scheduling_class:
        yield CLASS_NOT_OVERRIDABLE.at(
            place,
            f"{tenant.path} cannot take the class {own}: {tenant.scheduling_class} of an ancestor holds",
            hint=f"take it out here, or in the tenant {setter.path}",
            related=[Related(f"set in {setter.path}", setter.at("schedulingClass"))],
            values={"own": own, "effective": tenant.scheduling_class},
        )
    if own not in site.scheduling_classes:
        yield UNKNOWN_SCHEDULING_CLASS.at(
            place,
            f"there is no scheduling class {own}",
            hint=did_you_mean(own, site.scheduling_classes)
            or "add it under schedulingClasses of the Platform",
            values={"class": own, "known": sorted(site.scheduling_classes)},
        )


def backups(tenant: Tenant, site: Site) -> Iterator[Diagnostic]:
    """The tenant's backup plans."""
    for plan in tenant.plans:
        found = any(app.kind == plan.kind and app.name == plan.app for app in tenant.apps) or any(
            s.enabled and s.app.kind == plan.kind and s.name == plan.app for s in tenant.services.values()
        )
        if not found:
            names = [f"{app.kind}/{app.name}" for app in tenant.apps]
            yield BACKUP_APP.at(
                tenant.at("backups", plan.name, "app"),
                f"the tenant {tenant.path} has no {plan.kind}/{plan.app}",
                hint=did_you_mean(f"{plan.kind}/{plan.app}", names),
                values={"app": f"{plan.kind}/{plan.app}"},
            )
        yield from _plan_class(plan, tenant, site)


def _plan_class(plan: Plan, tenant: Tenant, site: Site) -> Iterator[Diagnostic]:
    place = tenant.at("backups", plan.name, "class")
    if plan.backup_class == DEFAULT_CLASS:
        kinds = set(_DEFAULT_KINDS)
    elif plan.backup_class in site.backup_classes:
        kinds = {item["app"] for item in site.backup_classes[plan.backup_class]["strategies"]}
    else:
        yield UNKNOWN_BACKUP_CLASS.at(
            place,
            f"there is no BackupClass {plan.backup_class}",
            hint=did_you_mean(plan.backup_class, [*site.backup_classes, DEFAULT_CLASS]),
            values={"class": plan.backup_class},
        )
        return
    if plan.kind not in kinds:
        yield BACKUP_KIND.at(
            place,
            f"the BackupClass {plan.backup_class} has no strategy for {plan.kind}",
            hint=f"name a BackupClass of your own with a strategy for {plan.kind}; {plan.backup_class} covers "
            f"{', '.join(sorted(kinds))}",
            values={"class": plan.backup_class, "kind": plan.kind},
        )


def secrets(tenant: Tenant, site: Site) -> Iterator[Diagnostic]:
    """Secrets that values come from, and the files that bring them."""
    for service in tenant.services.values():
        for use in service.app.secrets:
            where = ".".join(map(str, use.path))
            yield MODULE_SECRET.at(
                use.place,
                f"{where} of the module {service.name} comes from the Secret {use.secret}, which modules cannot do",
                hint=f"take it out; once the tenant is there: kubectl --namespace {tenant.namespace} edit "
                f"{service.app.application.plural} {service.name}",
                values={"secret": use.secret, "module": service.name, "path": where},
            )
    for app in tenant.apps:
        for use in app.secrets:
            if use.secret not in tenant.secrets:
                yield UNKNOWN_SECRET.at(
                    use.place,
                    f"{app.label} takes a value from the Secret {use.secret}, which {tenant.path} does not declare",
                    hint=did_you_mean(use.secret, tenant.secrets)
                    or f"add secrets: {{{use.secret}: {{external: true}}}} or an encrypted file",
                    values={"secret": use.secret, "tenant": tenant.path},
                )
            path = target_path(use.path)
            if len(path) > _MOST_PATH or not _PATH(path) or not _KEY(use.key):
                yield SECRET_PLACE.at(
                    use.place,
                    f"{app.label}: Flux cannot put the key {use.key!r} of a Secret at {'.'.join(map(str, use.path))!r}",
                    hint="use letters, digits, dashes, dots and underscores",
                    values={"path": ".".join(map(str, use.path)), "key": use.key},
                )
    for secret in tenant.secrets.values():
        if secret.file is None:
            continue
        manifests = site.manifests.get(secret.file)
        if manifests is None:
            continue  # that the file is missing has been said
        fitting = [
            m
            for m in manifests
            if m.kind == "Secret"
            and m.metadata("name") == secret.name
            and m.metadata("namespace") in (None, tenant.namespace)
        ]
        if not fitting:
            yield SECRET_FILE.at(
                secret.place,
                f"{secret.file} holds no SOPS-encrypted Secret {secret.name} for {tenant.namespace}",
                hint=f"it holds {', '.join(map(_described, manifests)) or 'no encrypted Secret'}",
                values={"secret": secret.name, "file": secret.file},
            )


def _described(manifest: Manifest) -> str:
    namespace = manifest.metadata("namespace")
    return f"{manifest.kind} {manifest.metadata('name')}" + (f" for {namespace}" if namespace else "")


def other_apps(tenant: Tenant, site: Site) -> Iterator[Diagnostic]:
    """Applications that name other applications or images."""
    clusters = {app.name for app in tenant.apps if app.kind == "Kubernetes"}
    for app in tenant.apps:
        if app.kind == "KubernetesNodes":
            cluster = app.given.get("cluster")
            if isinstance(cluster, str) and cluster and cluster not in clusters:
                yield _no_cluster(app, cluster, clusters, tenant)
        elif app.kind == "VMDisk":
            source = app.given.get("source")
            if (
                isinstance(source, dict)
                and isinstance(source.get("image"), dict)
                and not site.packages.has("vm-default-images")
            ):
                yield IMAGE_PACKAGE.at(
                    app.at("source", "image"),
                    f"{app.label} takes an image of vm-default-images, which is not enabled",
                    hint="add vm-default-images to cozystack.packages.enable",
                    values={"app": app.label},
                )


def _no_cluster(app: App, cluster: str, clusters: set[str], tenant: Tenant) -> Diagnostic:
    return CLUSTER_OF_NODES.at(
        app.at("cluster"),
        f"{app.label} adds nodes to the cluster {cluster}, which the tenant {tenant.path} does not have",
        hint=did_you_mean(cluster, clusters) or f"add clusters: {{{cluster}: …}} to the tenant",
        values={"cluster": cluster, "tenant": tenant.path},
    )
