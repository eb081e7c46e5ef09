"""Artifacts: the same bytes each time, in the form that Flux reads, in a real registry."""

from __future__ import annotations

import base64
import gzip
import io
import json
import tarfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from api_server import Answer, ApiServer
from git_world import tree
from registry_server import REGISTRY, Running, start

from cozygen.deliver.failures import DeliveryError, MisuseError
from cozygen.deliver.oci_artifact import CONTENT, artifact, layer_of
from cozygen.deliver.oci_credentials import Credentials, find_credentials
from cozygen.deliver.oci_publish import publish
from cozygen.deliver.oci_registry import Registry, Repository
from cozygen.layout.tree import Tree

needs_registry = pytest.mark.skipif(REGISTRY is None, reason="no registry: install docker-registry")
NOTES = {"org.opencontainers.image.revision": "abc"}
BCRYPT = "flux:$2b$04$zWcS0y4mAITxx3th7tPOyOw4ULF.xvlR1tkmiwj5nsWVS6YWBNiVO\n"


@pytest.fixture
def running(tmp_path: Path) -> Iterator[Running]:
    process, found = start(tmp_path)
    yield found
    process.terminate()
    process.wait()


def put(of: Tree, registry: Registry, parts: dict[str, tuple[str, ...]] | None = None, **more: Any) -> Any:
    return publish(of, registry, parts or {"latest": tuple(of)}, NOTES, **more)


def test_a_layer_has_no_trace_of_when_and_where() -> None:
    data = layer_of({"b/c.yaml": b"x", "a.yaml": b"y"})
    assert data == layer_of({"a.yaml": b"y", "b/c.yaml": b"x"})
    with tarfile.open(fileobj=io.BytesIO(gzip.decompress(data))) as archive:
        assert [(m.name, m.mode, m.uid, m.mtime, m.uname) for m in archive] == [
            ("a.yaml", 0o644, 0, 0, ""),
            ("b/c.yaml", 0o644, 0, 0, ""),
        ]


def test_the_manifest_is_what_flux_reads() -> None:
    made = artifact({"a": b"x"}, NOTES)
    document = json.loads(made.manifest.data)
    assert document["mediaType"] == "application/vnd.oci.image.manifest.v1+json"
    assert document["config"]["mediaType"] == "application/vnd.cncf.flux.config.v1+json"
    assert document["layers"] == [
        {"mediaType": CONTENT, "digest": made.layer.digest, "size": len(made.layer.data)}
    ]
    assert document["annotations"] == NOTES


@needs_registry
def test_what_is_published_can_be_pulled(running: Running) -> None:
    one = tree(acme=1)
    (done,) = put(one, running.registry())
    pulled = running.get("manifests/latest", "application/vnd.oci.image.manifest.v1+json")
    assert pulled.headers["docker-content-digest"] == done.digest
    layer = running.get(f"blobs/{pulled.json()['layers'][0]['digest']}").body
    with tarfile.open(fileobj=io.BytesIO(gzip.decompress(layer))) as archive:
        found = {m.name: archive.extractfile(m).read() for m in archive}  # type: ignore[union-attr]
    assert found.pop(".cozygen/manifest.json")
    assert found == dict(one)


@needs_registry
def test_the_same_tree_has_the_same_digest_and_is_not_pushed_again(running: Running) -> None:
    first = put(tree(acme=1), running.registry())
    again = put(tree(acme=1), running.registry())
    elsewhere = put(tree(acme=1), running.registry(name="other"))
    assert [item.changed for item in (*first, *again, *elsewhere)] == [True, False, True]
    assert len({item.digest for item in (*first, *again, *elsewhere)}) == 1


@needs_registry
def test_a_slice_that_did_not_change_keeps_its_digest(running: Running) -> None:
    def parts(of: Tree) -> dict[str, tuple[str, ...]]:
        sliced = {
            name: tuple(p for p in of if p.startswith(f"tenants/{name}/")) for name in ("acme", "globex")
        }
        rest = tuple(p for p in of if not p.startswith("tenants/"))
        return {**{f"latest-{name}": paths for name, paths in sliced.items()}, "latest": rest}

    one, two = tree(acme=1, globex=1), tree(acme=2, globex=1)
    put(one, running.registry(), parts(one))
    assert [item.tag for item in put(two, running.registry(), parts(two)) if item.changed] == ["latest-acme"]


@needs_registry
def test_a_prefix_puts_the_tree_where_its_own_paths_say(running: Running) -> None:
    put(tree(acme=1), running.registry(), prefix="clusters/prod/")
    layer = running.get("manifests/latest", "application/vnd.oci.image.manifest.v1+json").json()["layers"][0][
        "digest"
    ]
    with tarfile.open(fileobj=io.BytesIO(gzip.decompress(running.get(f"blobs/{layer}").body))) as archive:
        assert "clusters/prod/platform/objects.yaml" in archive.getnames()


@needs_registry
def test_a_registry_with_a_password(tmp_path: Path) -> None:
    (tmp_path / "htpasswd").write_text(BCRYPT)
    process, found = start(tmp_path, f"auth: {{htpasswd: {{realm: r, path: {tmp_path / 'htpasswd'}}}}}\n")
    try:
        put(tree(acme=1), found.registry(Credentials("flux", "s3cret")))
        for wrong in (None, Credentials("flux", "wr0ng")):
            with pytest.raises(DeliveryError) as caught:
                put(tree(acme=2), found.registry(wrong))
            assert caught.value.code == "CZ9240"
            assert "wr0ng" not in str(caught.value)
    finally:
        process.terminate()
        process.wait()


@needs_registry
def test_a_full_registry_keeps_what_it_had(tmp_path: Path) -> None:
    many = tree(**{f"t{number}": number for number in range(2000)})
    process, found = start(tmp_path, most=16_384)
    try:
        (first,) = put(tree(acme=1), found.registry())
        with pytest.raises(DeliveryError) as caught:
            put(many, found.registry())
        assert caught.value.code == "CZ9241"
        assert (found.registry().manifest("latest") or [None, None])[1] == first.digest
    finally:
        process.terminate()
        process.wait()
    process, found = start(tmp_path)
    try:
        assert put(many, found.registry())[0].changed
    finally:
        process.terminate()
        process.wait()


def test_a_tag_that_no_registry_takes_is_refused_before_anything_is_sent(fake: ApiServer) -> None:
    host = fake.url.removeprefix("http://")
    one = tree(acme=1)
    for tag in ("Bad Tag", "a/b", "", "x" * 200):
        with pytest.raises(MisuseError) as caught:
            put(one, Registry(Repository(host, "a/b", insecure=True), None, 5), {tag: tuple(one)})
        assert caught.value.code == "CZ9242"
    assert fake.recorded == []


@pytest.mark.parametrize(
    ("status", "code"), [(403, "CZ9240"), (405, "CZ9241"), (413, "CZ9241"), (507, "CZ9241")]
)
def test_a_registry_that_refuses_an_upload_has_no_new_tag(fake: ApiServer, status: int, code: str) -> None:
    said = {"errors": [{"code": "NO", "message": "not today"}]}
    fake.answers = [Answer(404), Answer(404), Answer(status, said)]
    with pytest.raises(DeliveryError) as caught:
        put(
            tree(acme=1),
            Registry(Repository(fake.url.removeprefix("http://"), "a/b", insecure=True), None, 5),
        )
    assert caught.value.code == code
    assert "not today" in str(caught.value)
    assert not any(item.method == "PUT" and "/manifests/" in item.path for item in fake.recorded)


def test_a_registry_that_hangs_up_has_no_new_tag(fake: ApiServer) -> None:
    fake.answers = [Answer(404), Answer(404), Answer(status=0)]
    with pytest.raises(DeliveryError) as caught:
        put(
            tree(acme=1),
            Registry(Repository(fake.url.removeprefix("http://"), "a/b", insecure=True), None, 5),
        )
    assert caught.value.code == "CZ9230"
    assert not any("/manifests/" in item.path for item in fake.recorded[1:])


@pytest.fixture
def fake() -> Iterator[ApiServer]:
    running = ApiServer()
    yield running
    running.stop()


def test_a_token_is_bought_where_the_registry_says(fake: ApiServer) -> None:
    challenge = f'Bearer realm="{fake.url}/token",service="registry.example.org"'
    fake.answers = [
        Answer(401, headers={"WWW-Authenticate": challenge}),
        Answer(200, {"token": "abc"}),
        Answer(404),
    ]
    host = fake.url.removeprefix("http://")
    registry = Registry(Repository(host, "a/b", insecure=True), Credentials("u", "p"), 5)
    assert registry.manifest("latest") is None
    _, bought, again = fake.recorded
    assert bought.path == "/token?scope=repository%3Aa%2Fb%3Apull%2Cpush&service=registry.example.org"
    assert bought.headers["authorization"] == "Basic " + base64.b64encode(b"u:p").decode()
    assert again.headers["authorization"] == "Bearer abc"


def test_an_upload_to_another_host_gets_no_credentials(fake: ApiServer) -> None:
    elsewhere = ApiServer()
    elsewhere.answers = [Answer(201)]
    away = Answer(202, headers={"Location": f"http://localhost:{elsewhere.server_port}/up?x=1"})
    challenge = Answer(401, headers={"WWW-Authenticate": "Basic realm=x"})
    fake.answers = [challenge, Answer(404), Answer(404), away, Answer(404), away, Answer(201)]
    host = fake.url.removeprefix("http://")
    put(tree(acme=1), Registry(Repository(host, "a/b", insecure=True), Credentials("u", "p"), 5))
    assert [item.method for item in elsewhere.recorded] == ["PUT", "PUT"]
    assert all("authorization" not in item.headers for item in elsewhere.recorded)
    elsewhere.stop()


@pytest.mark.parametrize("url", ["https://x/y", "oci://x", "oci://x/Y", "oci://u:p@x/y", "oci://x/y:tag"])
def test_what_is_no_artifact_s_address(url: str) -> None:
    with pytest.raises(DeliveryError) as caught:
        Repository.of(url, insecure=False)
    assert caught.value.code == "CZ9242"


def test_credentials(tmp_path: Path) -> None:
    stored = {"auths": {"r.example.org": {"auth": base64.b64encode(b"u:p:q").decode()}}}
    (tmp_path / "config.json").write_text(json.dumps(stored))
    assert find_credentials("r.example.org", {"DOCKER_CONFIG": str(tmp_path)}) == Credentials("u", "p:q")
    assert find_credentials("other.example.org", {"DOCKER_CONFIG": str(tmp_path)}) is None
    assert find_credentials("r", {"COZYGEN_OCI_USERNAME": "a", "COZYGEN_OCI_PASSWORD": "b"}) == Credentials(
        "a", "b"
    )
    assert "hunter2" not in repr(Credentials("a", "hunter2"))


def test_a_credential_helper(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    helper = tmp_path / "docker-credential-test"
    helper.write_text('#!/bin/sh\necho "{\\"Username\\": \\"$1\\", \\"Secret\\": \\"$(cat)\\"}"\n')
    helper.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    (tmp_path / "config.json").write_text(json.dumps({"credsStore": "test"}))
    assert find_credentials("r.example.org", {"DOCKER_CONFIG": str(tmp_path)}) == Credentials(
        "get", "r.example.org"
    )


def test_a_registry_that_is_not_there() -> None:
    with pytest.raises(DeliveryError) as caught:
        put(tree(acme=1), Registry(Repository("127.0.0.1:1", "a/b", insecure=True), None, 2))
    assert caught.value.code == "CZ9230"
