"""``bootstrap/runbook.md``: how a platform is brought up by hand, once.

The prose stands in constants, filled in by name; what of it is said is decided below them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from cozygen.platform.delivery import NAMESPACE, OCI
from cozygen.platform.model import Platform, Site

_ADDRESS = re.compile(r"\w+://(?:[^@/]*@)?(?P<host>\[[^]]+\]|[^:/]+)(?::(?P<port>[0-9]+))?").match
_LINSTOR = "kubectl --namespace cozy-linstor exec --stdin --tty deployment/linstor-controller -- linstor"
_AWAITED_MOST = 20  # Secrets that the runbook lists; of the others it gives the number

_TITLE = """\
# Bringing up {platform}

Everything in this directory is applied once, by hand. From then on Flux in the management cluster follows
"""
_FOLLOWS_ARTIFACT = """\
the tag `{tag}` of the artifact {url}, which `cozygen push --oci` publishes.

Run the commands where this directory stands, such as in the output of `cozygen render`, with `kubectl` pointing at the
management cluster.

"""
_FOLLOWS_BRANCH = """\
the branch `{branch}` of {url}{directory}.

Run the commands from the root of a clone of that repository, with `kubectl` pointing at the management cluster.

"""
_MACHINES = """\
## 1. Machines

`{prefix}talos/runbook.md` says how the machines get Talos and their configurations, and how the cluster is
bootstrapped. The nodes stay NotReady until the platform has installed the network: that is expected.

"""
_TALOS = """\
## 1. Machines

Install Talos from Cozystack's own image, which has the drivers for storage and networks in it, and bootstrap
etcd on one control plane. What the machine configuration has to agree on with this platform:

| in the machine configuration | value |
| --- | --- |
| `cluster.network.cni.name` | `none` |
| `cluster.proxy.disabled` | `true` |
| `cluster.network.dnsDomain` | `{cluster_domain}` |
| `cluster.network.serviceSubnets` | `[{service_cidr}]` |
| `cluster.network.podSubnets` | a range of its own, apart from `{pod_cidr}` |
| `cluster.allowSchedulingOnControlPlanes` | `true`, unless the workers alone carry the load |
| `machine.kernel.modules` | `openvswitch`, `drbd` with `usermode_helper=disabled`, `zfs`, `spl` |
"""
_TALOS_OIDC = """\
| `cluster.apiServer.extraArgs.oidc-issuer-url` | `https://keycloak.{host}/realms/cozy` |
| `cluster.apiServer.extraArgs.oidc-client-id` | `kubernetes` |
| `cluster.apiServer.extraArgs.oidc-username-claim` | `preferred_username` |
| `cluster.apiServer.extraArgs.oidc-groups-claim` | `groups` |
"""
_NOT_READY = """\

The nodes stay NotReady until the platform has installed the network: that is expected.

"""
_KUBERNETES = """\
## 1. Kubernetes

Have a Kubernetes cluster of version 1.33 or later at hand.
"""
_KUBERNETES_BARE = """\
## 1. Kubernetes

Have a Kubernetes cluster of version 1.33 or later without a CNI and without
kube-proxy, with the cluster domain `{cluster_domain}` and the service network `{service_cidr}` at hand.
"""
_KUBERNETES_OIDC = """\
Its API server has to accept tokens of `https://keycloak.{host}/realms/cozy`: client id `kubernetes`, the
username from `preferred_username`, groups from `groups`.
"""
_OPERATOR = """\
## 2. Cozystack's operator

```sh
helm upgrade --install cozystack oci://ghcr.io/cozystack/cozystack/cozy-installer \\
  --version {chart_version} --namespace cozy-system --create-namespace \\
"""
_ROLLOUT = """\
kubectl --namespace cozy-system rollout status deployment/cozystack-operator --timeout 5m
```

## 3. Credentials

"""
_GENERIC = """\
  --set cozystackOperator.variant=generic \\
  --set cozystack.apiServerHost={api_server}
"""
_VARIANT = "  --set cozystackOperator.variant={installer_variant}\n"
_ARTIFACT_SECRET = """\
Flux reads the artifact with the Secret `{secret}` in `{namespace}`:

```sh
kubectl --namespace {namespace} create secret docker-registry {secret} \\
  --docker-server={registry} --docker-username=USER --docker-password=TOKEN
```

"""
_ARTIFACT_OPEN = """\
The artifact is read without credentials. Set `delivery.oci.secretRef` if it needs any.

"""
_GIT_SECRET = """\
Flux reads the repository with the Secret `{secret}` in `{namespace}`:

```sh
"""
_GIT_SSH = """\
ssh-keygen -t ed25519 -N '' -f identity -C flux@{platform}
ssh-keyscan{port_option} {git_host} > known_hosts
kubectl --namespace {namespace} create secret generic {secret} \\
  --from-file=identity --from-file=identity.pub --from-file=known_hosts
# give identity.pub read access to the repository, then remove the key from this machine
```

Compare the fingerprints in `known_hosts` with those that the host publishes.

"""
_GIT_PASSWORD = """\
kubectl --namespace {namespace} create secret generic {secret} \\
  --from-literal=username=USER --from-literal=password=TOKEN
```

"""
_GIT_OPEN = """\
The repository is read without credentials. Set `delivery.git.secretRef` if it needs any.

"""
_DECRYPTION = """\
Encrypted Secrets are decrypted with the age key in the Secret `{decryption}`:

```sh
kubectl --namespace {namespace} create secret generic {decryption} --from-file=age.agekey
```

"""
_FLUX_ARTIFACT = """\
## 4. Flux

The rendered tree has to be in the registry by now: `cozygen push --oci` puts it there.

"""
_FLUX_BRANCH = """\
## 4. Flux

The rendered tree has to be on the branch by now: `cozygen push` puts it there.

"""
_FLUX = """\
```sh
kubectl apply --server-side --kustomize {prefix}bootstrap
kubectl --namespace {namespace} wait {source}/fleet --for condition=Ready --timeout 2m
```

Flux works before the network does, on the nodes' own network and with the nodes' own name servers. A source
that does not become Ready says why: `kubectl --namespace {namespace} describe {source} fleet`.

## 5. Watching it come up

```sh
kubectl get kustomizations --namespace {namespace} --watch
kubectl get helmreleases --all-namespaces
```

The platform installs itself first; storage, addresses and tenants wait for what they need. A Kustomization
that says `DependencyNotReady` or `HealthCheckFailed` in the first half hour is waiting, not broken.

"""
_AWAITED = """\
## Secrets that come from elsewhere

The spec refers to these Secrets as external. What uses them waits until someone makes them, in a namespace that
is there once its tenant is:

| namespace | Secret |
| --- | --- |
"""
_ENCRYPTED = """\
## Encrypted volumes

LINSTOR makes no volume of the {encrypted} before it has a passphrase. Keep the
passphrase safe: after a restart of its controller LINSTOR asks for it again.

```sh
{linstor} encryption create-passphrase
# after a restart of the controller:
{linstor} encryption enter-passphrase
```

"""
_LOGIN = """\
## Logging in

Keycloak is at `https://keycloak.{host}`. The password of its administrator:

```sh
kubectl --namespace cozy-keycloak get secret keycloak-credentials --output jsonpath='{{.data.password}}' | base64 -d
```

"""
_END = """\
## DNS

`{host}` and `*.{host}` point to the address of the ingress controller, and
`api.{host}` to the API server. A tenant that runs an ingress controller of its own needs records for
its own host.

## From here on

Change the spec and render again. Rendered files that were edited by hand stop the next render, and Flux takes
back what is changed in the cluster.
"""


def runbook(platform: Platform) -> str:
    """The runbook of this platform."""
    words = _words(platform)
    return "".join(
        text.format_map(words)
        for section in (_follows, _machines, _operator, _credentials, _flux, _afterwards)
        for text in section(platform)
    )


def _follows(platform: Platform) -> Iterator[str]:
    yield _TITLE
    yield _FOLLOWS_ARTIFACT if platform.site.delivery.kind == OCI else _FOLLOWS_BRANCH


def _machines(platform: Platform) -> Iterator[str]:
    site = platform.site
    if site.runs_talos:
        yield _MACHINES
    elif _installer_variant(site) == "talos":
        yield _TALOS
        if site.packages.oidc:
            yield _TALOS_OIDC
        yield _NOT_READY
    else:
        yield _KUBERNETES_BARE if _installer_variant(site) == "generic" else _KUBERNETES
        if site.packages.oidc:
            yield _KUBERNETES_OIDC
        yield "\n"


def _operator(platform: Platform) -> Iterator[str]:
    yield _OPERATOR
    yield _GENERIC if _installer_variant(platform.site) == "generic" else _VARIANT
    yield _ROLLOUT


def _credentials(platform: Platform) -> Iterator[str]:
    delivery = platform.site.delivery
    if delivery.kind == OCI:
        yield _ARTIFACT_SECRET if delivery.secret else _ARTIFACT_OPEN
    elif not delivery.secret:
        yield _GIT_OPEN
    else:
        yield _GIT_SECRET
        yield _GIT_SSH if delivery.url.startswith("ssh://") else _GIT_PASSWORD
    if delivery.decryption_secret:
        yield _DECRYPTION


def _flux(platform: Platform) -> Iterator[str]:
    yield _FLUX_ARTIFACT if platform.site.delivery.kind == OCI else _FLUX_BRANCH
    yield _FLUX


def _afterwards(platform: Platform) -> Iterator[str]:
    awaited = [(facts.namespace, name) for facts in platform.facts.values() for name in facts.awaited]
    if awaited:
        yield _AWAITED
        yield from (f"| `{namespace}` | `{name}` |\n" for namespace, name in awaited[:_AWAITED_MOST])
        if len(awaited) > _AWAITED_MOST:
            yield f"\nand {len(awaited) - _AWAITED_MOST} more.\n"
        yield "\n"
    if _encrypted(platform.site):
        yield _ENCRYPTED
    if platform.site.packages.oidc:
        yield _LOGIN
    yield _END


def _words(platform: Platform) -> dict[str, str | None]:
    """What the prose is filled in with."""
    site, delivery = platform.site, platform.site.delivery
    address = _ADDRESS(delivery.url)
    host, port = (address["host"], address["port"]) if address else ("GIT-HOST", None)
    endpoint = site.section("publishing", "apiServerEndpoint") or ""
    encrypted = _encrypted(site)
    return {
        "platform": site.name,
        "chart_version": site.release.version.removeprefix("v"),
        "installer_variant": _installer_variant(site),
        "api_server": endpoint.removeprefix("https://").partition(":")[0] or "CONTROL-PLANE-ADDRESS",
        "cluster_domain": site.section("networking", "clusterDomain") or "cozy.local",
        "service_cidr": site.section("networking", "serviceCIDR") or "10.96.0.0/16",
        "pod_cidr": site.section("networking", "podCIDR") or "10.244.0.0/16",
        "url": delivery.url,
        "branch": delivery.branch,
        "tag": delivery.tag,
        "directory": f", directory `{delivery.path}`" if delivery.path else "",
        "prefix": delivery.prefix,
        "git_host": host,
        "port_option": f" -p {port}" if port else "",
        "registry": f"{host}:{port}" if port else host,
        "secret": delivery.secret,
        "decryption": delivery.decryption_secret,
        "namespace": NAMESPACE,
        "source": "ocirepository" if delivery.kind == OCI else "gitrepository",
        "host": site.host or "HOST",
        "linstor": _LINSTOR,
        "encrypted": f"class{'es' if len(encrypted) > 1 else ''} {', '.join(encrypted)}",
    }


def _installer_variant(site: Site) -> str:
    return {"isp-full-generic": "generic", "isp-hosted": "hosted"}.get(site.packages.variant, "talos")


def _encrypted(site: Site) -> list[str]:
    return [name for name, item in site.storage.classes.items() if item.body.get("encrypted")]
