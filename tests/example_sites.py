"""The examples, site by site."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

from cozygen.cli.reading import FILE
from cozygen.sites import read_sites

EXAMPLES = Path(__file__).parents[1] / "examples"


class ExampleSite(NamedTuple):
    """A site of an example, its layers relative to the example's directory."""

    example: str
    site: str
    layers: tuple[str, ...]

    @property
    def directory(self) -> Path:
        return EXAMPLES / self.example


def example_sites() -> list[ExampleSite]:
    """All of them; an example without cozygen.yaml is one site."""
    out = []
    for directory in sorted(path for path in EXAMPLES.iterdir() if path.is_dir()):
        if (directory / FILE).exists():
            found, problems = read_sites((directory / FILE).read_bytes(), FILE)
            assert not problems
            out += [
                ExampleSite(directory.name, f"{directory.name}-{site.name}", site.layers) for site in found
            ]
        else:
            out.append(ExampleSite(directory.name, directory.name, (".",)))
    return out
