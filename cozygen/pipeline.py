"""The compiler as data: a tuple of passes, each a pure function from what is known to what is known then."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from cozygen.catalog.load import CatalogRelease
from cozygen.catalog.model import Application
from cozygen.checks.run import check_platform, check_tenant
from cozygen.diagnostics import Diagnostic, ordered
from cozygen.layout.compose import lay_out
from cozygen.layout.tree import Tree
from cozygen.platform.link import link
from cozygen.platform.model import Platform
from cozygen.platform.target import target
from cozygen.spec.model import Layer, Source, Spec
from cozygen.spec.read import Parsed, assemble, parse
from cozygen.spec.shapes.set import Shapes


@dataclass(frozen=True, slots=True)
class State:
    """What is known so far. A pass that cannot go on leaves the rest empty; diagnostics say why."""

    parsed: Parsed
    attachments: Mapping[str, Source]
    diagnostics: tuple[Diagnostic, ...] = ()
    release: CatalogRelease | None = None
    extra: Mapping[str, Application] | None = None
    spec: Spec | None = None
    platform: Platform | None = None
    tree: Tree | None = None

    @property
    def failed(self) -> bool:
        """Whether anything found so far stops a render."""
        return any(item.is_error for item in self.diagnostics)

    def having(self, found: list[Diagnostic]) -> State:
        """The same with more diagnostics."""
        return replace(self, diagnostics=(*self.diagnostics, *found))


Pass = Callable[[State], State]


def choose_release(state: State) -> State:
    """Takes the documents; gives the targeted release and the application kinds that the user adds to it."""
    release, extra, found = target(state.parsed, state.attachments)
    return replace(state.having(found), release=release, extra=extra)


def read_spec(state: State) -> State:
    """Takes documents and release; gives layered entries of the right shape, blueprints expanded."""
    assert state.release is not None
    spec, found = assemble(state.parsed, state.attachments, Shapes(state.release, state.extra))
    return replace(state.having(found), spec=spec)


def link_platform(state: State) -> State:
    """Takes the spec; gives the resolved platform, if the spec has a Platform at all."""
    assert state.spec is not None
    assert state.release is not None
    platform, found = link(state.spec, state.release, state.extra or {})
    return replace(state.having(found), platform=platform)


def check(state: State) -> State:
    """Takes the platform; gives what is wrong with it. Looks at every tenant, then at the whole."""
    if state.platform is None:
        return state
    site = state.platform.site
    found = [item for tenant in state.platform.tenants.values() for item in check_tenant(tenant, site)]
    return state.having(found + check_platform(state.platform))


def lay_out_tree(state: State) -> State:
    """Takes a platform without errors; gives the tree. With errors there is none."""
    if state.platform is None or state.failed:
        return state
    return replace(state, tree=lay_out(state.platform))


CHECKING: tuple[Pass, ...] = (choose_release, read_spec, link_platform, check)
RENDERING: tuple[Pass, ...] = (*CHECKING, lay_out_tree)


def parse_layers(layers: tuple[Layer, ...]) -> Parsed:
    """The first pass: text to documents. Its ``references`` are the attachments that the others need."""
    return parse(layers)


def run(parsed: Parsed, attachments: Mapping[str, Source], passes: tuple[Pass, ...] = RENDERING) -> State:
    """The passes one after the other; the diagnostics of the result are in reading order."""
    state = State(parsed, attachments)
    for step in passes:
        state = step(state)
    return replace(state, diagnostics=tuple(ordered(state.diagnostics)))
