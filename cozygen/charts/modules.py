"""Modules of a tenant: Etcd, Ingress, Gateway, ExternalDNS, BootBox, Info."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from cozygen.charts.backup import CREDENTIALS_MISSING, required
from cozygen.charts.codes import FIXED_NAME, WRONG_TYPE
from cozygen.charts.names import OBJECT, DerivedFrom
from cozygen.charts.release import Fault, Release
from cozygen.charts.rules import Resources, Rules
from cozygen.charts.tenant import NO_HOST, no_ingress_faults
from cozygen.charts.text import Needs, Shape, Text, one_text_fault
from cozygen.charts.values import get, items
from cozygen.charts.vaults import SECOND_RELEASE
from cozygen.diagnostics import Code, Severity

ETCD_UNIT = Code(
    "CZ4140",
    Severity.WARNING,
    "an etcd size whose unit the chart does not know",
    "The chart reckons etcd's own limit from the size and knows Ki, Mi and Gi only. With any other unit the "
    "limit becomes 0, which for etcd means its built-in 2 GiB whatever the volume holds.",
    "Write the size in Gi.",
)
PROXY_CONFLICT = Code(
    "CZ4141",
    Severity.ERROR,
    "proxy settings that exclude each other",
    "Where client addresses come from is decided once: by the PROXY protocol or by Cloudflare's headers, and for "
    "the ingress that publishes the platform by the platform's own setting. The chart refuses contradictions.",
    "Keep the one that your load balancer really speaks; for the publishing ingress set publishing.proxyProtocol.",
)
ISSUER_SETTINGS = Code(
    "CZ4142",
    Severity.ERROR,
    "certificate settings of the platform that the chart cannot use",
    "Gateways and wildcard certificates are issued with what the platform says about certificates; the chart "
    "knows a few solvers, providers and issuers, and each needs its details.",
    "Correct publishing.certificates of the platform as the message says.",
)
NO_PROVIDER = Code(
    "CZ4143",
    Severity.ERROR,
    "no DNS provider",
    "ExternalDNS writes records at a DNS provider and has no default for it, so the chart fails without one.",
    "Set provider, and the credentials under the key of the same name.",
)

_BUCKET_PATH = re.compile(r"s3://[^/]+(/[^/]+)*/?").fullmatch
_PROVIDERS = ["cloudflare", "aws", "azure", "google", "digitalocean", "linode", "ovh", "exoscale", "godaddy"]


def _must_be(release: Release, name: str) -> Iterator[Fault]:
    if release.release != name:
        yield Fault(
            FIXED_NAME,
            (),
            f"the chart of {release.kind} wants the name {name}, not {release.release}",
            f"call it {name}",
            {"found": release.release, "wanted": name},
        )


def _etcd(release: Release) -> Iterator[Fault]:
    yield from _must_be(release, "etcd")
    if get(release.values, "backup.enabled"):  # gone since v1.6.0
        yield from required(
            release,
            "backup.endpointURL",
            "backup.destinationPath",
            "backup.s3AccessKey",
            "backup.s3SecretKey",
        )
        path = get(release.values, "backup.destinationPath")
        if isinstance(path, str) and path and not _BUCKET_PATH(path):
            yield Fault(
                CREDENTIALS_MISSING,
                ("backup", "destinationPath"),
                f'"{path}" is no path in a bucket',
                "write it as s3://bucket/path/",
                {"found": path},
            )
    size = release.values.get("size")
    if isinstance(size, (int, float)):
        yield Fault(
            WRONG_TYPE,
            ("size",),
            f"the chart reckons with the unit of size and breaks on the bare number {size}",
            f'write it with a unit, such as "{max(1, int(size) // 2**30)}Gi"',
            {"found": size},
        )
    elif isinstance(size, str) and not re.fullmatch(r"\+?[0-9.]+(Ki|Mi|Gi)", size):
        yield Fault(
            ETCD_UNIT,
            ("size",),
            f'the chart knows the units Ki, Mi and Gi; with "{size}" etcd\'s own limit becomes 0',
            "write it in Gi",
            {"found": size},
        )


def _ingress(release: Release) -> Iterator[Fault]:
    yield from _must_be(release, "ingress")
    values = release.values
    publishes = release.cluster("expose-ingress", "tenant-root") == release.namespace
    own = bool(values.get("proxyProtocol"))
    if own and publishes:
        yield Fault(
            PROXY_CONFLICT,
            ("proxyProtocol",),
            f"the ingress of {release.namespace} publishes the platform; its PROXY protocol is the platform's setting",
            "remove proxyProtocol here and set publishing.proxyProtocol of the platform",
        )
    elif values.get("cloudflareProxy") and (
        own or (publishes and release.cluster("proxy-protocol") == "true")
    ):
        yield Fault(
            PROXY_CONFLICT,
            ("cloudflareProxy",),
            "cloudflareProxy cannot go together with the PROXY protocol, which Cloudflare does not send",
            "keep one of them",
        )
    if publishes and release.cluster("wildcard-issue") == "true":
        for key, what in (
            ("wildcard-secret-name", "name of the wildcard Secret"),
            ("root-host", "root host"),
        ):
            if not release.cluster(key):
                yield _issuer(f"the platform is to issue a wildcard certificate and has no {what}")


def _gateway(release: Release) -> Iterator[Fault]:
    if not release.tenant("host"):
        yield Fault(
            NO_HOST,
            (),
            f"the tenant of {release.namespace} has no host to make a gateway for",
            "give the tenant, or one above it, a host",
            {"namespace": release.namespace},
        )
    if release.cluster("wildcard-secret-name"):
        return
    solver, issuer = release.cluster("solver", "http01"), release.cluster("issuer-name", "letsencrypt-prod")
    provider = release.cluster("dns01-provider", "cloudflare")
    if solver not in ("http01", "dns01"):
        yield _issuer(f"the solver is {solver}; gateways know http01 and dns01")
    elif solver == "dns01":
        if provider not in ("cloudflare", "route53", "digitalocean", "rfc2136"):
            yield _issuer(
                f"the DNS provider is {provider}; gateways know cloudflare, route53, digitalocean, rfc2136"
            )
        elif provider == "route53" and not release.cluster("dns01-route53-region"):
            yield _issuer("the DNS provider route53 has no region")
        elif provider == "rfc2136" and not release.cluster("dns01-rfc2136-nameserver"):
            yield _issuer("the DNS provider rfc2136 has no nameserver")
    if issuer not in ("letsencrypt-prod", "letsencrypt-stage"):
        yield _issuer(f"the issuer is {issuer}; gateways know letsencrypt-prod and letsencrypt-stage")


def _issuer(message: str) -> Fault:
    return Fault(ISSUER_SETTINGS, (), message, "correct publishing.certificates of the platform")


def _external_dns(release: Release) -> Iterator[Fault]:
    if not release.values.get("provider"):
        yield Fault(
            NO_PROVIDER,
            ("provider",),
            "there is no DNS provider, and the chart has no default for it",
            "set provider to one of " + ", ".join([*_PROVIDERS, "inmemory"]),
        )
    flags = items(release.values, "extraArgs")
    for index, flag in enumerate(flags):
        if flag in flags[:index]:
            yield Fault(
                SECOND_RELEASE,
                ("extraArgs", index),
                f'"{flag}" is given twice; the release that runs ExternalDNS takes each argument once',
                "remove it",
                {"found": flag},
            )


def _boot_box(release: Release) -> Iterator[Fault]:
    yield from _must_be(release, "bootbox")
    if release.namespace != "tenant-root":
        yield Fault(
            FIXED_NAME,
            (),
            f"BootBox belongs to the root tenant, not to {release.namespace}",
            "put it into the root tenant",
            {"found": release.namespace, "wanted": "tenant-root"},
        )
    yield from no_ingress_faults(release)
    for index, machine in enumerate(items(release.given, "machines")):
        if not isinstance(machine, Mapping):
            continue
        for number, mac in enumerate(items(machine, "mac")):
            if isinstance(mac, str) and (
                fault := one_text_fault(Text("mac"), ("machines", index, "mac", number), mac)
            ):
                yield fault
        arch = machine.get("arch")
        written = bool(items(machine, "mac")) and isinstance(arch, str)
        if written and (fault := one_text_fault(Text("arch"), ("machines", index, "arch"), str(arch))):
            yield fault


ETCD = Rules(
    check=_etcd,
    texts=(Text("storageClass"),),
    secrets=("backup.s3AccessKey", "backup.s3SecretKey"),
    loops=("replicas",),
    nulls={"size": "", "backup": ""},
    resources=(Resources(),),
)
INGRESS = Rules(
    check=_ingress,
    texts=(Text("whitelist.#", Shape.QUOTED),),
    nulls={"resourcesPreset": ""},
    resources=(Resources(pods=True),),
)
GATEWAY = Rules(check=_gateway)
EXTERNAL_DNS = Rules(
    check=_external_dns,
    texts=(
        Text("annotationPrefix", Shape.ITEM, Needs.TEXT, before="--annotation-prefix="),
        Text("domainFilters.#", Shape.ITEM, Needs.TEXT, before="--domain-filter="),
        Text("extraArgs.#", Shape.ITEM, Needs.TEXT),
    ),
    nulls={"resourcesPreset": "", **{name: f"provider={name}" for name in _PROVIDERS}},
    resources=(Resources(pods=True),),
    secrets=(
        "cloudflare.apiToken",
        "cloudflare.apiKey",
        "aws.accessKeyId",
        "aws.secretAccessKey",
        "azure.aadClientSecret",
        "google.serviceAccountKey",
        "digitalocean.token",
        "linode.token",
        "ovh.applicationKey",
        "ovh.applicationSecret",
        "ovh.consumerKey",
        "exoscale.apiKey",
        "exoscale.apiSecret",
        "godaddy.apiKey",
        "godaddy.apiSecret",
    ),
)
BOOT_BOX = Rules(
    check=_boot_box,
    derived=(DerivedFrom("machines.#.hostname", "{text}", OBJECT),),
    texts=(
        Text("whitelist.#", Shape.QUOTED, when="whitelistHTTP"),
        Text("machines.#.hostname", needs=Needs.LABEL),
    ),
    hidden=("host",),
)
