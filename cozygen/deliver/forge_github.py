"""GitHub's pull requests (REST API, version 2022-11-28)."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote, urlsplit

from cozygen.deliver.forge import Api, Draft, Proposal
from cozygen.record import Record

BODY_MOST = 60_000


class GitHub(Record):
    """Pull requests of one repository."""

    api: Api

    @classmethod
    def at(cls, site: str, repository: str, token: str, timeout: float) -> GitHub:
        """GitHub itself, or an enterprise server, whose API is below its own address."""
        host = urlsplit(site).netloc
        url = "https://api.github.com" if host == "github.com" else f"{site}/api/v3"
        headers = {
            "Accept": "application/vnd.github+json",
            "X-GitHub-Api-Version": "2022-11-28",
            "Authorization": f"Bearer {token}",
        }
        return cls(Api(url, repository, headers, timeout))

    def find(self, branch: str, base: str) -> Proposal | None:
        """The open pull request from one branch into the other."""
        owner = self.api.repository.partition("/")[0]
        query = f"?state=open&head={quote(f'{owner}:{branch}', safe='')}&base={quote(base, safe='')}"
        found = self.api.call("GET", f"/repos/{self.api.repository}/pulls{query}")
        return _proposal(found[0]) if found else None

    def open(self, draft: Draft) -> Proposal:
        """A new pull request."""
        body = {
            "title": draft.title,
            "head": draft.branch,
            "base": draft.base,
            "body": draft.body[:BODY_MOST],
        }
        return _proposal(self.api.call("POST", f"/repos/{self.api.repository}/pulls", body), new=True)

    def update(self, proposal: Proposal, draft: Draft) -> Proposal:
        """The same pull request with another title and text."""
        body = {"title": draft.title, "body": draft.body[:BODY_MOST]}
        return _proposal(
            self.api.call("PATCH", f"/repos/{self.api.repository}/pulls/{proposal.number}", body)
        )


def _proposal(found: Any, *, new: bool = False) -> Proposal:
    return Proposal(int(found["number"]), str(found.get("html_url", "")), new)
