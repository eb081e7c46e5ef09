"""From options and the spec's delivery to a branch of a remote, and what is refused on the way."""

from __future__ import annotations

import json
from dataclasses import dataclass

import click
import pytest

from cozygen.cli.remotes import target_of
from cozygen.deliver.git_publish import Target
from cozygen.diagnostics import Place
from cozygen.platform.delivery import Delivery, link_delivery
from cozygen.yamlio import Map, read_documents


@dataclass(frozen=True)
class Options:
    to: str | None = None
    branch: str | None = None
    path: str | None = None
    credentials: str | None = None
    ssh_key: str | None = None
    known_hosts: str | None = None
    own_git_config: bool = False
    timeout: float = 5


NOWHERE = link_delivery(Map(), Place("p.yaml", 1, 1))


def stated(**git: str) -> Delivery:
    (document,), _ = read_documents(json.dumps({"delivery": {"git": git}}).encode(), "p.yaml")
    return link_delivery(document.body, document.place)


def target(delivery: Delivery = NOWHERE, **options: str) -> Target:
    return target_of(delivery, Options(**options))  # type: ignore[arg-type]


def test_what_the_spec_says_and_what_the_options_say_instead() -> None:
    spec = stated(url="https://h/a.git", branch="live", path="clusters/prod")
    found = target(spec)
    assert (found.login.address.url, found.branch, found.path) == ("https://h/a.git", "live", "clusters/prod")
    found = target(spec, to="https://h/b.git", branch="try", path="/x//y/")
    assert (found.login.address.url, found.branch, found.path) == ("https://h/b.git", "try", "x/y")
    assert target(spec, path=".").path == target(spec, path="").path == ""


@pytest.mark.parametrize(
    "path",
    ["../up", "a/../b", ".git", "a/.GIT./x", "git~1", ".git ", "a\\b", "a\nb", ".cozygen/x", "a\udcff"],
)
def test_a_path_that_is_no_directory_of_a_repository(path: str) -> None:
    with pytest.raises(click.UsageError):
        target(to="https://h/x.git", path=path)


@pytest.mark.parametrize(
    "url",
    [
        "ftp://u:hunter2@h/x",
        "ssh://u:hunter2@h/x",
        "u:hunter2@h:x",
        "https://h/x?private_token=hunter2",
        "https://u:hunter2@h/",
        "https://u:hunter2@h:99999/x",
        "https://u:hunter2@/x#hunter2",
    ],
)
def test_an_address_that_is_refused_shows_no_password(url: str) -> None:
    with pytest.raises(click.UsageError) as caught:
        target(to=url)
    assert "hunter2" not in str(caught.value)


@pytest.mark.parametrize("to", ["", " ", None])
def test_nowhere(to: str | None) -> None:
    with pytest.raises(click.UsageError):
        target(NOWHERE if to is None else stated(url="https://h/a.git"), **({} if to is None else {"to": to}))


def test_a_key_that_is_not_there() -> None:
    with pytest.raises(click.UsageError, match="/nowhere/key does not exist"):
        target(to="git@h:x.git", ssh_key="/nowhere/key")
