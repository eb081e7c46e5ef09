"""The compiler as data: tuples of passes, each a pure function from what is known to what is known then."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from cozygen.catalog.load import CatalogRelease
from cozygen.catalog.model import Application
from cozygen.checks.run import check_platform
from cozygen.compiler.families import Compiled, Means, compile_families
from cozygen.compiler.family import Context
from cozygen.compiler.output import lay_out
from cozygen.diagnostics import Diagnostic, ordered
from cozygen.layout.tree import Tree
from cozygen.platform.link import kinds_of, link_site
from cozygen.platform.model import Platform, Site
from cozygen.platform.target import target
from cozygen.record import Record, field, replace
from cozygen.spec.model import Spec
from cozygen.spec.read import Parsed, assemble, parse
from cozygen.spec.shapes.set import Shapes, shapes_of
from cozygen.spec.source import Layer, Source


class State(Record):
    """What is known so far. A pass that cannot go on leaves the rest empty; diagnostics say why."""

    parsed: Parsed
    attachments: Mapping[str, Source]
    means: Means = field(default_factory=Means)
    diagnostics: tuple[Diagnostic, ...] = ()
    release: CatalogRelease | None = None
    extra: Mapping[str, Application] | None = None
    shapes: Shapes | None = None
    spec: Spec | None = None
    site: Site | None = None
    compiled: Compiled | None = None
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
    return replace(state.having(found), release=release, extra=extra, shapes=shapes_of(release, extra))


def read_spec(state: State) -> State:
    """Takes documents and release; gives what concerns the whole platform, layered and of the right shape."""
    assert state.shapes is not None
    spec, found = assemble(state.parsed, state.attachments, state.shapes)
    return replace(state.having(found), spec=spec)


def link(state: State) -> State:
    """Takes the spec; gives the resolved site, if the spec has a Platform at all."""
    assert state.spec is not None
    assert state.release is not None
    return replace(state, site=link_site(state.spec, state.release, state.extra or {}))


def link_tenants(state: State) -> State:
    """Takes site and text; gives the resolved platform. Tenants that are wrong in part are there all the same."""
    return _tenants(state, check=False, lay_out=False)


def check_tenants(state: State) -> State:
    """Takes site and text; gives the resolved platform and what is wrong with each of its tenants."""
    return _tenants(state, check=True, lay_out=False)


def compile_tenants(state: State) -> State:
    """Takes site and text; gives the resolved platform, what is wrong with each of its tenants, and their files."""
    return _tenants(state, check=True, lay_out=True)


def _tenants(state: State, *, check: bool, lay_out: bool) -> State:
    site, spec, shapes = state.site, state.spec, state.shapes
    if site is None or spec is None or shapes is None:
        return state
    context = Context(site, kinds_of(site, shapes.services), shapes, spec.blueprints, check=check)
    compiled = compile_families(state.parsed, state.attachments, context, state.means, lay_out=lay_out)
    platform = Platform(site, compiled.tenants, compiled.facts, spec.digest)
    return replace(state.having(compiled.diagnostics), compiled=compiled, platform=platform)


def check(state: State) -> State:
    """Takes the platform; gives what is wrong with it as a whole."""
    return state if state.platform is None else state.having(check_platform(state.platform))


def lay_out_tree(state: State) -> State:
    """Takes a platform without errors; gives the tree. With errors there is none."""
    if state.platform is None or state.compiled is None or state.failed:
        return state
    return replace(state, tree=lay_out(state.platform, state.compiled, state.means.memory))


LINKING: tuple[Pass, ...] = (choose_release, read_spec, link, link_tenants)
CHECKING: tuple[Pass, ...] = (choose_release, read_spec, link, check_tenants, check)
RENDERING: tuple[Pass, ...] = (choose_release, read_spec, link, compile_tenants, check, lay_out_tree)


def parse_layers(layers: tuple[Layer, ...]) -> Parsed:
    """The first pass: text to documents. Its ``references`` are the attachments that the others need."""
    return parse(layers)


def run(
    parsed: Parsed,
    attachments: Mapping[str, Source],
    passes: tuple[Pass, ...] = RENDERING,
    means: Means | None = None,
) -> State:
    """The passes one after the other; the diagnostics of the result are in reading order."""
    state = State(parsed, attachments, means or Means())
    for step in passes:
        state = step(state)
    return replace(state, diagnostics=tuple(ordered(state.diagnostics)))
