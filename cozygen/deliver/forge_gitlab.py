"""GitLab's merge requests (REST API v4)."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from cozygen.deliver.forge import Api, Draft, Proposal
from cozygen.record import Record

BODY_MOST = 900_000


class GitLab(Record):
    """Merge requests of one project."""

    api: Api

    @classmethod
    def at(cls, site: str, repository: str, token: str, timeout: float) -> GitLab:
        """gitlab.com or any other server; the project's path may have any number of groups."""
        return cls(Api(f"{site}/api/v4", quote(repository, safe=""), {"PRIVATE-TOKEN": token}, timeout))

    def find(self, branch: str, base: str) -> Proposal | None:
        """The open merge request from one branch into the other."""
        source, target = quote(branch, safe=""), quote(base, safe="")
        query = f"?state=opened&source_branch={source}&target_branch={target}"
        found = self.api.call("GET", f"/projects/{self.api.repository}/merge_requests{query}")
        return _proposal(found[0]) if found else None

    def open(self, draft: Draft) -> Proposal:
        """A new merge request, which removes its branch when it is merged."""
        body = {
            "source_branch": draft.branch,
            "target_branch": draft.base,
            "title": draft.title,
            "description": draft.body[:BODY_MOST],
            "remove_source_branch": True,
        }
        found = self.api.call("POST", f"/projects/{self.api.repository}/merge_requests", body)
        return _proposal(found, new=True)

    def update(self, proposal: Proposal, draft: Draft) -> Proposal:
        """The same merge request with another title and text."""
        body = {"title": draft.title, "description": draft.body[:BODY_MOST]}
        path = f"/projects/{self.api.repository}/merge_requests/{proposal.number}"
        return _proposal(self.api.call("PUT", path, body))


def _proposal(found: Any, *, new: bool = False) -> Proposal:
    return Proposal(int(found["iid"]), str(found.get("web_url", "")), new)
