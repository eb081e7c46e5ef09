"""One site's delivery, as ``cozygen push`` does it."""

from __future__ import annotations

import os
from typing import Any

import click

from cozygen.cli.compiling import Compiled
from cozygen.cli.push_options import PushOptions
from cozygen.cli.remotes import target_of
from cozygen.deliver import http_codes
from cozygen.deliver.failures import DeliveryError
from cozygen.deliver.forge import kind_of, propose
from cozygen.deliver.forges import forge_of
from cozygen.deliver.git_commit import Signing
from cozygen.deliver.git_credentials import read_token
from cozygen.deliver.git_identity import Wish, signatures
from cozygen.deliver.git_propose import propose as push_proposal
from cozygen.deliver.git_publish import Manner, Publication, Target, publish
from cozygen.deliver.git_spec import spec_commit
from cozygen.deliver.oci_credentials import find_credentials
from cozygen.deliver.oci_publish import publish as publish_artifacts
from cozygen.deliver.oci_registry import Registry, Repository
from cozygen.deliver.publishing import Story
from cozygen.diagnostics import Diagnostic, Place
from cozygen.layout.artifacts import artifacts
from cozygen.layout.tree import Tree
from cozygen.platform.delivery import OCI
from cozygen.platform.model import Platform
from cozygen.record import Record, field
from cozygen.review.changes import Changes
from cozygen.review.summary import facts


class Delivered(Record):
    """What became of a site: a word for it, a line for people, and everything else as data."""

    status: str
    line: str
    message: str = ""
    details: dict[str, Any] = field(default_factory=dict)
    diagnostics: tuple[Diagnostic, ...] = ()


def deliver(compiled: Compiled, options: PushOptions) -> Delivered:
    """Publish a site that compiled without errors."""
    tree, platform = compiled.state.tree, compiled.state.platform
    assert tree is not None
    assert platform is not None
    story = Story(tree, spec_commit(compiled.files))
    delivery = platform.site.delivery
    if (
        options.oci
        or (options.to or "").startswith("oci://")
        or (options.to is None and delivery.kind == OCI)
    ):
        return _to_registry(story, platform, options)
    target = target_of(delivery, options)
    if options.propose:
        return _to_forge(story, target, options)
    done = publish(tree, target, story.describe(), _manner(options))
    return _told(target, done, options)


def _told(target: Target, done: Publication, options: PushOptions) -> Delivered:
    where = f"{target.branch} of {target.login.address.shown}"
    details = _details(target, done)
    if done.refused:
        return Delivered("refused", f"{where} is as it was", details=details, diagnostics=done.diagnostics)
    if done.changes is None:
        return Delivered("unchanged", f"{where} is up to date", details=details, diagnostics=done.diagnostics)
    title = done.message.partition("\n")[0]
    if options.dry_run:
        return Delivered(
            "would push", f"would push to {where}: {title}", done.message, details, done.diagnostics
        )
    assert done.commit is not None
    line = f"pushed {done.commit[:12]} to {where}: {title}"
    return Delivered("pushed", line, details=details, diagnostics=done.diagnostics)


def _to_forge(story: Story, target: Target, options: PushOptions) -> Delivered:
    address = target.login.address
    stated, site = options.forge or (None, None)
    kind = kind_of(address, stated)
    token = read_token(os.environ, _token_names(kind), options.token_file) or target.login.password
    if not token:
        raise DeliveryError.of(
            http_codes.FORGE_DENIED, address.shown, f"there is no token for {address.host}"
        )
    name = options.proposal_branch or f"cozygen/{story.tree.facts.platform}"
    forge = forge_of(address, kind, site, token)
    done = push_proposal(story.tree, target, name, story.describe(), _manner(options))
    if done.refused or options.dry_run:
        return _told(target, done, options)
    details = _details(target, done) | {"proposalBranch": name}
    if done.changes is None:
        left = forge.find(name, target.branch)
        notes = done.diagnostics
        if left is not None:
            message = f"request {left.number} is still open and changes nothing any more: {left.url}"
            notes = (*notes, http_codes.NOTHING_LEFT.at(Place(name, 1, 1), message, hint="close it"))
        return Delivered(
            "unchanged", f"nothing to propose for {target.branch}", details=details, diagnostics=notes
        )
    proposal = propose(forge, story.draft(target, name, done.changes))
    details["proposal"] = {"number": proposal.number, "url": proposal.url, "new": proposal.new}
    verb = "opened" if proposal.new else "updated"
    line = f"{verb} request {proposal.number} for {target.branch}: {proposal.url}"
    return Delivered("proposed", line, details=details, diagnostics=done.diagnostics)


def _to_registry(story: Story, platform: Platform, options: PushOptions) -> Delivered:
    delivery = platform.site.delivery
    if options.propose:
        raise click.UsageError("--propose is about branches and does not go with an OCI artifact")
    url = options.to or (delivery.url if delivery.kind == OCI else None)
    if url is None or not url.startswith("oci://"):
        raise click.UsageError(
            "no artifact to publish to; set delivery.oci of the Platform, or give --to oci://…"
        )
    insecure = delivery.insecure and url == delivery.url
    repository = Repository.of(url, insecure=insecure or _loopback(url))
    registry = Registry(repository, find_credentials(repository.host, os.environ), options.timeout)
    parts = _parts(story.tree, platform, options)
    done = publish_artifacts(
        story.tree, registry, parts, story.annotations(), prefix=delivery.prefix, dry_run=options.dry_run
    )
    listed = [{"tag": t.tag, "digest": t.digest, "files": t.files, "changed": t.changed} for t in done]
    details = {"remote": repository.shown, "artifacts": listed}
    changed = [item for item in done if item.changed]
    if not changed:
        return Delivered("unchanged", f"{repository.shown} is up to date", details=details)
    tags = ", ".join(f"{item.tag} ({item.digest[:19]})" for item in changed)
    if options.dry_run:
        return Delivered("would push", f"would push to {repository.shown}: {tags}", details=details)
    return Delivered("pushed", f"pushed to {repository.shown}: {tags}", details=details)


def _parts(tree: Tree, platform: Platform, options: PushOptions) -> dict[str, tuple[str, ...]]:
    found = artifacts(tree, platform)
    tag = platform.site.delivery.tag
    if options.tag is None or options.tag == tag:
        return found
    return {options.tag + name.removeprefix(tag): paths for name, paths in found.items()}


def _manner(options: PushOptions) -> Manner:
    wanted = Wish(options.author, options.committer, options.date, _signing(options))
    by = signatures(wanted, os.environ)
    if isinstance(by, str):
        raise click.UsageError(by)
    return Manner(by, options.overwrite, options.attempts, options.cache, options.dry_run)


def _signing(options: PushOptions) -> Signing | None:
    """A key that is a file, or an SSH public key itself, is for SSH; anything else names a GPG key."""
    if options.sign is None:
        return None
    ssh = os.path.exists(options.sign) or options.sign.startswith(("key::", "ssh-"))
    if not ssh and os.sep in options.sign:
        raise click.UsageError(f"--sign: {options.sign} does not exist")
    return Signing(options.sign, "ssh" if ssh else "gpg")


def _token_names(kind: str) -> tuple[str, ...]:
    return ("COZYGEN_FORGE_TOKEN", f"{kind.upper()}_TOKEN")


def _loopback(url: str) -> bool:
    """Registries on this machine speak no TLS, as docker and containerd take it too."""
    host = url.removeprefix("oci://").partition("/")[0]
    return host.partition(":")[0] in ("localhost", "127.0.0.1")


def _details(target: Target, done: Publication) -> dict[str, Any]:
    changes: Changes | None = done.changes
    return {
        "remote": target.login.address.shown,
        "branch": target.branch,
        "path": target.path,
        "head": done.head,
        "commit": done.commit,
        "attempts": done.attempts,
        "changes": facts(changes) if changes is not None else None,
    }
