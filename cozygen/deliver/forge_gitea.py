"""Gitea's pull requests (REST API v1)."""

from __future__ import annotations

from typing import Any

from cozygen.deliver.forge import Api, Draft, Proposal
from cozygen.record import Record

_PAGE = 50
_PAGES_MOST = 200


class Gitea(Record):
    """Pull requests of one repository."""

    api: Api

    @classmethod
    def at(cls, site: str, repository: str, token: str, timeout: float) -> Gitea:
        """Any Gitea server."""
        return cls(Api(f"{site}/api/v1", repository, {"Authorization": f"token {token}"}, timeout))

    def find(self, branch: str, base: str) -> Proposal | None:
        """The open pull request from one branch into the other; the API lists them by pages."""
        for page in range(1, _PAGES_MOST):
            query = f"?state=open&limit={_PAGE}&page={page}"
            listed = self.api.call("GET", f"/repos/{self.api.repository}/pulls{query}") or []
            for item in listed:
                if item["head"]["ref"] == branch and item["base"]["ref"] == base:
                    return _proposal(item)
            if not listed:
                break
        return None

    def open(self, draft: Draft) -> Proposal:
        """A new pull request."""
        body = {"head": draft.branch, "base": draft.base, "title": draft.title, "body": draft.body}
        return _proposal(self.api.call("POST", f"/repos/{self.api.repository}/pulls", body), new=True)

    def update(self, proposal: Proposal, draft: Draft) -> Proposal:
        """The same pull request with another title and text."""
        path = f"/repos/{self.api.repository}/pulls/{proposal.number}"
        return _proposal(self.api.call("PATCH", path, {"title": draft.title, "body": draft.body}))


def _proposal(found: Any, *, new: bool = False) -> Proposal:
    return Proposal(int(found["number"]), str(found.get("html_url", "")), new)
