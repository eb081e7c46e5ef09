"""What compiling a family gives."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping

from cozygen.diagnostics import Diagnostic
from cozygen.layout.compose import TenantFiles
from cozygen.platform.facts import TenantFacts
from cozygen.platform.tenant import Tenant
from cozygen.record import Record
from cozygen.spec.blueprints import Spent


class TenantResult(Record):
    """A tenant's contribution to the whole, and the digests of its files by path.

    ``index`` is the digest of the Kustomizations that apply them, None where there are none. ``made`` holds
    what the digests are of, unless only they are remembered.
    """

    facts: TenantFacts
    files: Mapping[str, str]
    index: str | None
    made: TenantFiles | None = None

    @classmethod
    def of(cls, facts: TenantFacts, made: TenantFiles) -> TenantResult:
        """The contribution of a tenant whose files were just made."""
        sha256 = hashlib.sha256
        digests = {path: sha256(data).hexdigest() for path, data in made.files.items()}
        index = sha256(made.index.encode()).hexdigest() if made.index else None
        return cls(facts, digests, index, made)


class FamilyResult(Record):
    """The tenants of a family, parents before children, and everything that is wrong with them.

    ``laid_out`` says whether files were made; ``linked`` are the resolved tenants, where the caller keeps them.
    """

    tenants: tuple[TenantResult, ...]
    diagnostics: tuple[Diagnostic, ...]
    spent: Spent
    laid_out: bool
    linked: tuple[Tenant, ...] = ()

    @property
    def failed(self) -> bool:
        """Whether the family has errors."""
        return any(item.is_error for item in self.diagnostics)
