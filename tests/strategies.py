"""Random small platforms that check clean: tenant trees with services, apps, clusters and members."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from hypothesis import strategies as st
from world import Document, platform, tenant

WORDS = (
    "a",
    "b",
    "acme",
    "web",
    "dev",
    "db1",
    "x9",
    "services",
    "apps",
    "late",
    "modules",
    "tenant",
    "platform",
    "fleet",
    "group",
)
"""Among the names of tenants are those that the layout itself uses."""

SERVICES = ("etcd", "ingress", "monitoring", "seaweedfs")
PEOPLE = ("ada@example.org", "bob@example.org", "Eve+x@example.org")
Paths = frozenset[str]


@dataclass(frozen=True)
class Site:
    """A platform as data: its sections, and the tenants by path."""

    sections: dict[str, Any]
    tenants: dict[str, dict[str, Any]]

    def documents(self) -> list[Document]:
        """The spec, one document for each tenant."""
        return [platform(**self.sections), *(tenant(path, **body) for path, body in self.tenants.items())]

    def laid_out(self, **layout: Any) -> Site:
        """The same with a layout."""
        return replace(
            self, sections=self.sections | {"delivery": self.sections["delivery"] | {"layout": layout}}
        )

    def subtree(self, path: str) -> set[str]:
        """The tenant and everything below it."""
        return {p for p in self.tenants if p == path or p.startswith(f"{path}/")}


@st.composite
def trees(draw: st.DrawFn, most: int = 8) -> list[str]:
    """Paths of tenants, every parent among them."""
    paths: list[str] = []
    for _ in range(draw(st.integers(0, most))):
        parents = [p for p in paths if p.count("/") < 3]
        parent = draw(st.sampled_from(["", *parents]))
        path = f"{parent}/{draw(st.sampled_from(WORDS))}" if parent else draw(st.sampled_from(WORDS))
        if path not in paths:
            paths.append(path)
    return paths


@st.composite
def bodies(draw: st.DrawFn, path: str) -> dict[str, Any]:
    """What a tenant holds."""
    body: dict[str, Any] = {}
    if draw(st.booleans()):
        body["services"] = draw(
            st.dictionaries(st.sampled_from(SERVICES[:3]), st.sampled_from([{}, {}, False]), max_size=2)
        )
    apps = draw(st.sets(st.sampled_from(["Postgres", "Redis", "Bucket", "VM", "NATS"]), max_size=3))
    section: dict[str, Any] = {}
    for kind in sorted(apps):
        if kind == "VM":
            section["VMDisk"] = {
                "d": {"source": {"http": {"url": "https://images.example.org/x.img"}}, "storage": "5Gi"}
            }
            section["VMInstance"] = {"v": {"instanceType": "u1.medium", "disks": [{"name": "d"}]}}
        else:
            section[kind] = {
                name: draw(st.sampled_from([{}, None, {"replicas": 2}])) if kind != "Bucket" else {}
                for name in draw(st.sets(st.sampled_from("xz"), min_size=1))
            }
    if section:
        body["apps"] = section
    if draw(st.integers(0, 3)) == 0:
        body["clusters"] = {"c" + path.replace("/", "")[:8]: {}}
    if draw(st.booleans()):
        who = st.one_of(
            st.sampled_from(PEOPLE), st.builds(lambda g: {"group": g}, st.sampled_from(["ops", "dev"]))
        )
        body["members"] = {
            level: draw(st.lists(who, min_size=1, max_size=2, unique_by=str))
            for level in draw(st.sets(st.sampled_from(["admin"])))
        }
    if "Postgres" in apps and draw(st.booleans()):
        name = sorted(section["Postgres"])[0]
        body["backups"] = {"nightly": {"app": f"Postgres/{name}", "schedule": "0 2 * * *"}}
    if path.count("/") == 0 and draw(st.integers(0, 3)) == 0:
        body["schedulingClass"] = "gpu"
    if draw(st.booleans()):
        body["quota"] = {"services.loadbalancers": draw(st.integers(50, 60))}
    return body


@st.composite
def sites(draw: st.DrawFn, most: int = 8, named: tuple[str, ...] = ()) -> Site:
    """A platform that has no errors: whatever a cluster needs runs where it can reach it."""
    paths = [*draw(trees(most)), *named]
    tenants: dict[str, dict[str, Any]] = {"root": {"services": {name: {} for name in SERVICES}}}
    tenants |= {path: draw(bodies(path)) for path in dict.fromkeys(paths)}
    for path, body in list(tenants.items()):
        if "clusters" in body:
            top = tenants[path.split("/")[0]]
            top["services"] = {**top.get("services", {}), "etcd": {}, "ingress": {}}
            if top is not body:  # a nearer tenant must not take etcd or ingress away
                for near in tenants:
                    if near.startswith(path.split("/")[0] + "/"):
                        tenants[near].pop("services", None)
    for body in tenants.values():
        body.pop("quota", None) if "clusters" in body else None
    sections: dict[str, Any] = {
        "schedulingClasses": {"gpu": {"nodeSelector": {"gpu": "yes"}}},
        "delivery": {
            "git": {
                "url": "https://git.example.org/fleet.git",
                "path": draw(st.sampled_from(["", "a", "clusters/prod"])),
            }
        },
    }
    if draw(st.booleans()):
        sections["authentication"] = {"oidc": {"enabled": True}}
    return Site(sections, tenants)
