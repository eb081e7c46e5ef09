"""Compiling one family: its text to tenants, what is wrong with them, and their files."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from cozygen.checks.run import check_tenant
from cozygen.compiler.result import FamilyResult, TenantResult
from cozygen.diagnostics import Diagnostic
from cozygen.layout.compose import tenant_files
from cozygen.platform.facts import facts_of
from cozygen.platform.grouping import Grouping
from cozygen.platform.link_apps import Kinds
from cozygen.platform.link_tenants import Above, link_tenants
from cozygen.platform.model import Site
from cozygen.platform.tenant import Tenant
from cozygen.record import Record
from cozygen.spec.families import Family
from cozygen.spec.model import Entry
from cozygen.spec.read import assemble_tenants
from cozygen.spec.shapes.set import Shapes


class Context(Record, dict=True):
    """What every family depends on, and nothing of any other family.

    ``root`` is None while the family that has it is compiled, ``grouping`` where no files are asked for, and
    without ``check`` no checks are made either. ``known`` are the names of all tenants that the text tells, for
    suggestions; with ``keep`` the resolved tenants stay in the result.
    """

    site: Site
    kinds: Kinds
    shapes: Shapes
    blueprints: Mapping[str, Entry]
    root: Tenant | None = None
    grouping: Grouping | None = None
    check: bool = True
    known: Collection[str] = ()
    keep: bool = False


def compile_family(family: Family, context: Context) -> FamilyResult:
    """Everything that a family comes to. Files are not made if it has errors."""
    read = assemble_tenants(family, context.blueprints, context.shapes, context.known)
    above = Above(context.site, context.kinds, context.root, context.known, read.broken)
    linked, problems = link_tenants(read.entries, above)
    found: list[Diagnostic] = [*read.problems, *problems]
    site, grouping = context.site, context.grouping
    for tenant in linked.values() if context.check else ():
        found.extend(check_tenant(tenant, site))
    failed = any(item.is_error for item in found)
    results = []
    for tenant in linked.values():
        facts = facts_of(tenant, site.storage)
        if grouping is None or failed:
            results.append(TenantResult(facts, {}, None))
        else:
            results.append(TenantResult.of(facts, tenant_files(tenant, site, grouping)))
    kept = tuple(linked.values()) if context.keep else ()
    laid_out = grouping is not None and not failed
    return FamilyResult(tuple(results), tuple(found), read.spent, laid_out, kept)
