"""Each case: what someone wrote, and the line, code and words of everything that is said about it."""

from typing import Any, NamedTuple

import pytest

from cozygen.catalog.load import load_release, versions
from cozygen.checks.packages import package_checks, platform_checks, root_checks, spec_checks
from cozygen.diagnostics import Diagnostic, Place
from cozygen.diagnostics.registry import all_codes
from cozygen.platform.packages import Package
from cozygen.platform.packages_plan import packages_of
from cozygen.yamlio import read_documents

RELEASE = load_release("v1.6.2")
AT = Place("p.yaml", 1, 1)


class Case(NamedTuple):
    text: str
    says: list[str]
    variant: str = "isp-full"


def body(text: str) -> Any:
    documents, problems = read_documents(text.encode(), "p.yaml")
    assert documents, problems
    return documents[0].body


def lines(found: list[Diagnostic]) -> list[str]:
    return [f"{d.place.line} {d.code} {d.message}" for d in found]


def matches(found: list[Diagnostic], says: list[str]) -> None:
    got = lines(found)
    assert len(got) == len(says), "\n".join(got)
    for line, words in zip(got, says, strict=True):
        head, _, rest = words.partition(" … ")
        assert line.startswith(head), "\n".join(got)
        assert rest in line, "\n".join(got)


SPECS = [
    Case("", []),
    Case("", ["3 CZ3120 the bundle system is off, so … 18 more wait for ever"], "isp-hosted"),
    Case("", ["3 CZ3140 isp-full-generic needs publishing.apiServerEndpoint"], "isp-full-generic"),
    Case("", ["3 CZ3121 v1.6.2 has no platform variant distro-full"], "distro-full"),
    Case(
        "  bundles: {iaas: {enabled: false}}",
        ["4 CZ3120 the bundle iaas is off, so bucket-application is not installed; backupstrategy-controller waits"],
    ),
    Case("  bundles:\n    system: {enabled: true}\n    iaas: {enabled: true}", ["6 CZ3130"], "isp-hosted"),
    Case("  bundles: {iaas: {gpuOperatorVariant: container}}", ["4 CZ3131 … default or vgpu"]),
    Case(
        "  packages:\n    disable:\n    - velero\n    - linstor",
        [
            "6 CZ3120 velero is disabled; backupstrategy-controller waits",
            "7 CZ3120 linstor is disabled; cozystack-scheduler and linstor-scheduler wait",
        ],
    ),
    Case("  packages: {disable: [linstor, linstor-scheduler, cozystack-scheduler]}", []),
    Case("  packages: {disable: [gateway-api-crds]}", ["4 CZ3120 gateway-api-crds is disabled … and 67 more wait"]),
    Case("  packages:\n    enable: [hami]", ["5 CZ3120 gpu-operator is not installed; hami waits for ever"]),
    Case("  packages: {enable: [hami], variants: {gpu-operator: container}}", []),
    Case(
        "  packages: {enable: [local-cmm], disable: [nothing], variants: {nowhere: x}}",
        ["4 CZ3100 … no package local-cmm", "4 CZ3100 … no package nothing", "4 CZ3100 … no package nowhere"],
    ),
    Case("  packages: {variants: {networking: kubeovn}}", ["4 CZ3101 networking has no variant kubeovn"]),
    Case(
        "  packages: {enable: [gateway-api-crds, networking]}",
        ["4 CZ3102 networking has no variant default … cilium, cilium-generic"],
        "default",
    ),
    Case(
        "  packages:\n    enable: [local-ccm]\n    disable: [local-ccm]",
        ["6 CZ3103 local-ccm is asked for and disabled"],
    ),
    Case("  packages: {enable: [postgres-operator]}", ["4 CZ3104 postgres-operator is installed anyway"]),
    Case("  packages: {disable: [nfs-driver]}", ["4 CZ3105 nfs-driver is not installed anyway"]),
    Case(
        "  bundles: {iaas: {gpuOperatorVariant: default}}\n  packages:\n    variants: {gpu-operator: vgpu}",
        ["6 CZ3106 gpu-operator is to be vgpu in packages.variants and default in"],
    ),
    Case(
        "  components:\n    networking:\n      cilum: {}\n      kubeovn: {values: {kube-ovn: {mtu: 1222}}}",
        ["6 CZ3110 networking[kubeovn-cilium] has no component cilum"],
    ),
    Case(
        "  packages: {enable: [telepresence]}\n  components: {telepresence: {traffic-manager: {}}}",
        ["5 CZ3110 … has no component traffic-manager"],
    ),
    Case("  components:\n    cozystack-platform: {networking: {}}", ["5 CZ3111 components of the platform's own"]),
    Case(
        "  components:\n    networking:\n      kubeovn:\n"
        "        values:\n          kube-ovn:\n            ipv4: {SVC_CIDR: x}",
        ["9 CZ3112 kube-ovn.ipv4.SVC_CIDR of networking is set by the platform from networking.serviceCIDR"],
    ),
    Case(
        "  components: {monitoring-agents: {monitoring-agents: {values: {global: 5}}}}",
        ["4 CZ3112 global.target of monitoring-agents is set by the platform to a fixed value"],
    ),
    Case("  components: {kafka-application: {kafka: {}}}", ["4 CZ3113 … makes no release of kafka"]),
    Case("  components: {nfs-driver: {nfs-driver: {}}}", ["4 CZ3114 nfs-driver is not installed"]),
    Case("  components: {nfs: {nfs: {}}}", ["4 CZ3100 … no package nfs"]),
    Case(
        "publishing:\n  apiServerEndpoint: 10.0.0.1:6443",
        ["5 CZ3141 … it has a port, but no scheme"],
        "isp-full-generic",
    ),
    Case(
        "publishing:\n  apiServerEndpoint: api.example.org:6443",
        ["5 CZ3141 … it names no host"],
        "isp-full-generic",
    ),
    Case(
        "publishing:\n  apiServerEndpoint: https://[fd00::1]:6443",
        ['5 CZ3141 … Cilium would get the host "[fd00" and the port ""'],
        "isp-full-generic",
    ),
    Case("publishing:\n  apiServerEndpoint: https://[fd00::1]:6443", []),
    Case("publishing:\n  apiServerEndpoint: https://a:99999", ['5 CZ3141 … "99999" is no port']),
    Case("publishing:\n  apiServerEndpoint: api.example.org", ["5 CZ3141 … it names no host"]),
    Case("publishing:\n  apiServerEndpoint: http://a/b", ["5 CZ3142 … its scheme is http and it goes on after"]),
    Case("publishing: {exposedServices: [api, dashbord]}", ["4 CZ3143 no service dashbord can be exposed"]),
    Case("publishing: {exposedServices: [linstor-gui]}", ["4 CZ3144 … only together with authentication.oidc.enabled"]),
    Case(
        "publishing: {exposedServices: [linstor-gui]}\nauthentication: {oidc: {enabled: true}}",
        ["4 CZ3144 linstor-gui is exposed and not installed"],
    ),
    Case("publishing:\n  externalIPs: [10.0.0.1]\n  loadBalancerClass: x", ["6 CZ3145"]),
    Case("publishing:\n  ingressName: root", ["5 CZ3146 publishing.ingressName root is no tenant's namespace"]),
    Case(
        "publishing:\n  certificates:\n    solver: dns01\n    dns01: {provider: route53}",
        ["7 CZ3150 dns01 with route53 needs"],
    ),
    Case(
        "publishing:\n  certificates: {solver: dns01, dns01: {provider: rfc2136}}",
        ["5 CZ3150 … rfc2136.nameserver"],
    ),
    Case(
        "publishing: {certificates: {solver: dns01, dns01: {provider: google}}}",
        ["4 CZ3150 google is no provider"],
    ),
    Case("publishing: {certificates: {dns01: {provider: route53}}}", []),
    Case(
        "publishing:\n  certificates:\n    issuerName: mine\ngateway: {enabled: true}",
        ["6 CZ3151 a Gateway cannot use the issuer mine"],
    ),
    Case(
        "publishing: {certificates: {issuerName: mine, wildcardSecretName: x}}\ngateway: {enabled: true}",
        [],
    ),
    Case(
        "publishing:\n  certificates:\n    wildcard: true",
        ["6 CZ3152 no wildcard certificate is issued: the solver is http01"],
    ),
    Case("publishing: {certificates: {wildcard: true, solver: dns01}}", []),
    Case("publishing: {certificates: {issuerName: letsencrypt}}", ["4 CZ3153 … no ClusterIssuer letsencrypt"]),
    Case(
        "scheduling:\n  globalAppTopologySpreadConstraints: '[]'",
        ["5 CZ3160 … is no YAML mapping"],
    ),
    Case(
        "scheduling:\n  globalAppTopologySpreadConstraints: |\n    topologySpreadConstraints: []",
        ["5 CZ3160 … needs exactly one entry"],
    ),
    Case(
        "scheduling:\n  globalAppTopologySpreadConstraints: |\n    topologySpreadConstraints:\n"
        "    - {maxSkew: 1, topologyKey: zone, whenUnsatisfiable: DoNotSchedule}",
        [],
    ),
    Case("resources:\n  cpuAllocationRatio: 0", ["5 CZ3161 resources.cpuAllocationRatio is 0"]),
    Case(
        "registries:\n  mirrors: {docker.io: {endpoints: ['http://a:1']}}\n  config: {'a:1': {tls: {}}}",
        ["4 CZ3163 nothing in v1.6.2 reads registries", "5 CZ3162 … has nothing under http://a:1"],
    ),
    Case(
        "registries:\n  mirrors: {docker.io: {endpoints: ['http://a:1']}}",
        ["4 CZ3163", "5 CZ3133 registries.mirrors needs registries.config"],
    ),
    Case("gpu:\n  replaceDefaults: true", ["4 CZ3164 … does not install gpu-operator"]),
    Case(
        "  packages: {enable: [gpu-operator]}\ngpu:\n  vgpuManager: {version: x}",
        ["6 CZ3164 gpu.vgpuManager has no effect in the variant default"],
    ),
    Case("authentication: {oidc: {enabled: true}}\nnetworking: {podCIDR: 10.1.0.0/16}", []),
    Case(
        "  packages:\n    enable: [kubernetes-nodes-application]",
        ["5 CZ3120 the bundle iaas is off", "5 CZ3120 the bundle system is off"],
        "default",
    ),
]  # fmt: skip


@pytest.mark.parametrize("case", SPECS, ids=lambda case: case.text.replace("\n", " ")[:60])
def test_specs(case: Case) -> None:
    text = f"cozystack:\n  version: v1.6.2\n  variant: {case.variant}\n{case.text}\n"
    if case.variant == "isp-full-generic" and "publishing" not in case.text and case.text:
        text += "publishing: {apiServerEndpoint: https://a:1}\n"
    matches(spec_checks(RELEASE, body(text), AT), case.says)


VALUES = [
    Case("bundles: {enabledPackages: [nfs-driver]}", ["1 CZ3108 … does not know nfs-driver"]),
    Case("bundles: {enabledPackages: [cozystack.nfs-drive]}", ["1 CZ3100 … no package cozystack.nfs-drive"]),
    Case("bundles: {disabledPackages: [cozystack.x]}", ["1 CZ3100 … no package cozystack.x"]),
    Case(
        "bundles: {enabledPackages: [cozystack.local-ccm]}",
        ["1 CZ3107 enabledPackages does not install local-ccm"],
    ),
    Case("bundles: {enabledPackages: [cozystack.linstor]}", ["1 CZ3104 linstor is installed anyway"]),
    Case("bundles: {disabledPackages: [cozystack.hami]}", ["1 CZ3105 hami is not installed anyway"]),
    Case(
        "bundles:\n  enabledPackages: [cozystack.bootbox]\n  disabledPackages: [cozystack.bootbox]",
        ["2 CZ3103 bootbox is enabled and disabled"],
    ),
    Case("bundles: {enabledPackages: cozystack.hami}", ["1 CZ3137 packages.enable: expected a list"]),
    Case("authentication: {oidc: {enabled: 'true'}}", ["1 CZ3137 … expected true or false"]),
    Case("publishing:\n  exposureClass: x", ["2 CZ3136 publishing.exposureClass"]),
    Case("networking: null", ["1 CZ3134 networking is null: the platform chart does not render"]),
    Case("publishing: {host: null}", ["1 CZ3134 publishing.host is null: that removes its default"]),
    Case("migrations: {enabled: false}\nsourceRef: {name: x}", ["1 CZ3135", "2 CZ3135"]),
    Case(
        "bundles:\n  system: {variant: distro-full}\n"
        "  iaas: {enabled: false}\n  paas: {enabled: false}\n  naas: {enabled: false}",
        ["2 CZ3120 the system variant distro-full does not have bucket-application and networking"],
    ),
]


@pytest.mark.parametrize("case", VALUES, ids=lambda case: case.text.replace("\n", " ")[:60])
def test_values_as_upstream_has_them(case: Case) -> None:
    matches(platform_checks(RELEASE, case.variant, body(case.text), [], AT), case.says)


def test_own_packages_beside_the_platform() -> None:
    there = Place("own.yaml", 7, 3)
    own = [Package("local-ccm"), Package("nope", place=there), Package("networking", "nope", place=there)]
    found = platform_checks(RELEASE, "isp-full", body("bundles: {}"), own, AT)
    assert lines(found) == ["7 CZ3100 v1.6.2 has no package nope", "7 CZ3101 networking has no variant nope"]
    missing = [Package("keycloak-operator", place=there)]
    found = platform_checks(RELEASE, "isp-full", body("bundles: {}"), missing, AT)
    assert lines(found) == [
        "7 CZ3120 authentication.oidc.enabled is off, so keycloak is not installed; keycloak-operator waits for ever"
    ]


ROOT = [
    ("", {"monitoring", "ingress"}, []),
    ("", {"ingress"}, ["1 CZ3170 monitoring.rootEnabled is true, and root runs no monitoring"]),
    ("monitoring:\n  rootEnabled: false", {"monitoring", "ingress"}, ["3 CZ3170 … and root runs monitoring"]),
    ("monitoring: {rootEnabled: false}", {"ingress"}, []),
    ("gateway: {enabled: true}", {"monitoring"}, ["2 CZ3171"]),
    ("gateway: {enabled: true}", {"monitoring", "gateway"}, []),
    ("publishing: {host: a}", {"monitoring"}, ["2 CZ3172"]),
    ("backupStorage: {bucketName: x}", {"monitoring", "ingress"}, ["2 CZ3173"]),
    ("backupStorage: {provisionBucket: false}", {"monitoring", "ingress"}, []),
]


@pytest.mark.parametrize(("text", "services", "says"), ROOT)
def test_agreement_with_the_root_tenant(text: str, services: set[str], says: list[str]) -> None:
    spec = body(f"cozystack: {{version: v1.6.2, variant: isp-full}}\n{text}\n")
    matches(root_checks(spec, packages_of(RELEASE, spec), AT, services), says)


def test_older_releases_know_nothing_of_roots_monitoring() -> None:
    release = load_release("v1.5.4")
    spec = body("cozystack: {version: v1.5.4, variant: isp-full}\n")
    assert root_checks(spec, packages_of(release, spec), AT, {"ingress"}) == []


KEYCLOAK = [
    ("backup: {enabled: true, destinationPath: s3://x, s3AccessKey: a}", ["backup needs s3SecretKey"]),
    ("backup: {enabled: true, destinationPath: s3://x, existingSecretName: a}", []),
    ("backup: {enabled: true}", []),
    ("themes: [{name: a}]", ["theme 1 has no image"]),
    ("themes: [{name: A-, image: x}, {name: a, image: x}]", ["themes 1 and 2 get one container name"]),
    ("themes: [{name: '--', image: x}]", ["nothing of the theme name"]),
    (f"themes: [{{name: {'a' * 58}, image: x}}]", ["too long"]),
    ("encryption: {enabled: true, replicas: 2}", ["needs encryption.deksetSecretName"]),
    ("encryption: {enabled: true, kms: {backend: vault}}", ["static or vault-transit, not vault"]),
    (
        "encryption: {enabled: true, kms: {backend: vault-transit, vault: {address: a, keyName: b}}}",
        ["vault.tokenSecretName is needed for vault.auth token"],
    ),
    (
        "encryption: {enabled: true, kms: {backend: vault-transit, vault: {auth: ldap, address: a, keyName: b}}}",
        ["has to be one of token, approle, kubernetes, not ldap"],
    ),
]


@pytest.mark.parametrize(("values", "says"), KEYCLOAK)
def test_keycloak(values: str, says: list[str]) -> None:
    head = (
        "cozystack:\n  version: v1.6.2\n  variant: isp-full\n  components:\n    keycloak:\n      keycloak:\n"
    )
    spec = body(f"{head}        values: {{{values}}}\nauthentication: {{oidc: {{enabled: true}}}}\n")
    matches(spec_checks(RELEASE, spec, AT), [f"7 CZ3180 … {text}" for text in says])


def test_ouroboros_that_was_left_behind() -> None:
    from cozygen.checks.packages_render import render_failures
    from cozygen.checks.packages_view import View
    from cozygen.platform.packages import evaluate

    given = body("publishing: {proxyProtocol: false}")
    view = View(given, evaluate(RELEASE, "isp-full", given, ouroboros_exists=True), AT)
    matches(list(render_failures(view)), ["1 CZ3132 the Package ouroboros still exists"])


@pytest.mark.parametrize("version", versions())
@pytest.mark.parametrize("variant", ["default", "isp-full"])
def test_nothing_is_wrong_with_what_ships(version: str, variant: str) -> None:
    spec = body(
        f"cozystack: {{version: {version}, variant: {variant}}}\npublishing: {{host: a.example.org}}\n"
    )
    assert spec_checks(load_release(version), spec, AT) == []


def test_the_same_place_and_words_come_once_and_in_order() -> None:
    spec = body("cozystack:\n  variant: isp-full\n  packages: {disable: [velero, velero]}\n")
    found = package_checks(spec, packages_of(RELEASE, spec), AT)
    assert found == sorted(found, key=lambda d: (d.place, d.code))
    assert len(lines(found)) == 1


def test_every_code_about_packages_is_said_somewhere_here() -> None:
    tested = " ".join(" ".join(case.says) for case in [*SPECS, *VALUES]) + " ".join(
        " ".join(s) for *_, s in ROOT
    )
    mine = {code for code in all_codes() if "CZ3100" <= code <= "CZ3179"}
    assert {code for code in mine if code not in tested} == {"CZ3132"}


def test_titles_of_codes_read_on_from_a_message() -> None:
    for code in (code for number, code in all_codes().items() if "CZ3000" <= number <= "CZ3499"):
        assert code.title[0].islower() or code.title.startswith(("isp", "Gateway")), code.id
