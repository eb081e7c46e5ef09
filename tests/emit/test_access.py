"""Accounts, and who is bound to what where no account says it."""

from __future__ import annotations

import re
from typing import Any

import pytest
from effort import examples
from hypothesis import example, given
from hypothesis import strategies as st
from world import Document, compile_documents, objects, platform, tenant, tree_of

from cozygen.emit.access import object_name

OIDC = {"authentication": {"oidc": {"enabled": True}}}
SERVICES = {name: {} for name in ("etcd", "ingress", "monitoring", "seaweedfs")}
SUBDOMAIN = re.compile(r"[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*").fullmatch


def emitted(kind: str, sections: dict[str, Any], *tenants: Document) -> dict[str, Document]:
    roots = (
        [] if any(t["metadata"]["name"] == "root" for t in tenants) else [tenant("root", services=SERVICES)]
    )
    tree = tree_of(compile_documents(platform(**sections), *roots, *tenants))
    return {
        f"{o['metadata']['namespace']}/{o['metadata']['name']}": o
        for _, o in objects(tree)
        if o["kind"] == kind
    }


def test_an_account_is_in_the_groups_of_every_tenant_that_names_it() -> None:
    tenants = (
        tenant("a", members={"admin": ["ada@example.org"]}),
        tenant("a/b", members={"view": ["ada@example.org", {"user": "bob"}]}),
    )
    access = {
        "access": {
            "admins": ["ada@example.org"],
            "users": {"bob": {"email": "bob@example.org", "enabled": False}},
        }
    }
    found = {
        o["spec"]["username"]: o["spec"]
        for o in emitted("KeycloakRealmUser", OIDC | access, *tenants).values()
    }
    assert found["ada@example.org"]["groups"] == [
        "cozystack-cluster-admin",
        "tenant-a-admin",
        "tenant-a-b-view",
    ]
    assert (found["ada@example.org"]["email"], found["ada@example.org"]["emailVerified"]) == (
        "ada@example.org",
        True,
    )
    assert (found["bob"]["groups"], found["bob"]["enabled"], found["bob"]["keepResource"]) == (
        ["tenant-a-b-view"],
        False,
        True,
    )


def test_without_accounts_members_are_bound_in_their_tenant_and_below() -> None:
    tenants = (
        tenant("root", services=SERVICES, members={"view": [{"group": "all"}]}),
        tenant("a", members={"admin": ["ada"]}),
        tenant("a/b"),
        tenant("c"),
    )
    found = {
        key: [(s["kind"], s["name"]) for s in o["subjects"]]
        for key, o in emitted("RoleBinding", {}, *tenants).items()
    }
    everyone = [("Group", "all")]
    assert found == {
        "tenant-root/cozygen-view": everyone, "tenant-a/cozygen-view": everyone, "tenant-a-b/cozygen-view": everyone, "tenant-c/cozygen-view": everyone,
        "tenant-a/cozygen-admin": [("User", "ada")], "tenant-a-b/cozygen-admin": [("User", "ada")],
    }  # fmt: skip


def test_with_accounts_only_groups_are_bound() -> None:
    found = emitted(
        "RoleBinding", OIDC, tenant("a", members={"admin": ["ada@example.org", {"group": "ops"}]})
    )
    assert {key: o["subjects"] for key, o in found.items()} == {
        "tenant-a/cozygen-admin": [{"apiGroup": "rbac.authorization.k8s.io", "kind": "Group", "name": "ops"}]
    }


USERS = st.one_of(
    st.text(min_size=1, max_size=12),
    st.text("ab.-_@AB", min_size=1, max_size=10),
    st.text("a.", min_size=150, max_size=400),
)


@given(USERS, USERS)
@examples(300)
@example("a..b", "a.-b")
@example("A@b.c", "a@b.c")
@example("a" * 300, "a" * 301)
def test_names_of_accounts_are_names_and_never_two_users_one(one: str, other: str) -> None:
    for user in (one, other, object_name(one)):
        name = object_name(user)
        assert SUBDOMAIN(name), (user, name)
        assert len(name) <= 253
    assert one == other or object_name(one) != object_name(other)
    assert object_name(one) == one or object_name(object_name(one)) != object_name(one)


@pytest.mark.parametrize(
    ("user", "name"),
    [("ada", "ada"), ("ada.lovelace", "ada.lovelace"), ("ada@example.org", "ada-at-example.org-")],
)
def test_names_of_accounts_are_readable(user: str, name: str) -> None:
    assert object_name(user).startswith(name)
