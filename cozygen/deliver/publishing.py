"""What every delivery says about itself: the message of a commit, the text of a proposal, annotations."""

from __future__ import annotations

from cozygen.deliver.forge import Draft
from cozygen.deliver.git_publish import Describe, Target
from cozygen.deliver.git_spec import SpecCommit
from cozygen.deliver.oci_artifact import CREATED, EPOCH, REVISION, SOURCE
from cozygen.layout.tree import Tree
from cozygen.record import Record
from cozygen.review.changes import Changes
from cozygen.review.proposal import counts, sections
from cozygen.review.summary import message, subject
from cozygen.templates import render


class Story(Record):
    """A tree and the commit of the spec that it was compiled from, if there is one."""

    tree: Tree
    spec: SpecCommit | None

    @property
    def revision(self) -> str:
        """The spec: its commit, else the digest of its files."""
        return self.spec.label if self.spec is not None else f"sha256:{self.tree.facts.spec}"

    def trailers(self) -> dict[str, str]:
        """What the commit was made from and with."""
        facts = self.tree.facts
        return {
            "Cozygen-Spec": self.revision,
            "Cozygen-Version": facts.cozygen,
            "Cozystack-Version": facts.cozystack,
            "Cozygen-Output": f"sha256:{self.tree.output}",
        }

    def describe(self) -> Describe:
        """The commit message for a change."""
        return lambda changes, first: message(self.tree.facts.platform, changes, self.trailers(), first=first)

    def draft(self, target: Target, branch: str, changes: Changes) -> Draft:
        """The request that proposes a change."""
        facts = self.tree.facts
        body = render(
            "proposal.md.j2",
            {
                "spec": self.spec.label if self.spec is not None else None,
                "branch": target.branch,
                "path": target.path,
                "counts": counts(changes),
                "sections": sections(changes),
                "platform": facts.platform,
                "cozygen": facts.cozygen,
                "cozystack": facts.cozystack,
                "output": f"sha256:{self.tree.output}",
            },
        )
        title = subject(facts.platform, changes, first=False)
        return Draft(branch, target.branch, title, body)

    def annotations(self) -> dict[str, str]:
        """What an artifact says of itself; its date is the spec's, so that the digest can be made again."""
        out = {CREATED: self.spec.date if self.spec is not None else EPOCH, REVISION: self.revision}
        if self.spec is not None and self.spec.source:
            out[SOURCE] = self.spec.source
        return out
