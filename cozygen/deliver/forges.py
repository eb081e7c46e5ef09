"""The adapter for each forge."""

from __future__ import annotations

from collections.abc import Callable

from cozygen.deliver.forge import Forge, Wary, kind_of, repository_of, site_of
from cozygen.deliver.forge_forgejo import Forgejo
from cozygen.deliver.forge_gitea import Gitea
from cozygen.deliver.forge_github import GitHub
from cozygen.deliver.forge_gitlab import GitLab
from cozygen.deliver.git_address import Address

_ADAPTERS: dict[str, Callable[[str, str, str, float], Forge]] = {
    "github": GitHub.at,
    "gitlab": GitLab.at,
    "gitea": Gitea.at,
    "forgejo": Forgejo.at,
}


def forge_of(address: Address, kind: str | None, site: str | None, token: str) -> Forge:
    """The forge that keeps the repository at ``address``; ``kind`` and ``site`` say what the address does not."""
    found = kind_of(address, kind)
    base = site_of(address, site)
    return Wary(_ADAPTERS[found](base, repository_of(address, base), token, 30.0), base)
