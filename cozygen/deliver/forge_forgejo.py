"""Forgejo's pull requests: the API that it kept from Gitea, under the same paths."""

from __future__ import annotations

from cozygen.deliver.forge import Api
from cozygen.deliver.forge_gitea import Gitea


class Forgejo(Gitea):
    """Pull requests of one repository."""

    @classmethod
    def at(cls, site: str, repository: str, token: str, timeout: float) -> Forgejo:
        """Any Forgejo server, Codeberg among them; it takes tokens as bearers."""
        return cls(Api(f"{site}/api/v1", repository, {"Authorization": f"Bearer {token}"}, timeout))
