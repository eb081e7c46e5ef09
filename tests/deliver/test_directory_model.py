"""Whatever people, renders and crashes do to a directory in any order, no byte of a person's work is lost."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

from directory_world import dying, everything, snapshot, tree
from effort import share
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from cozygen.deliver.directory import plan, write
from cozygen.deliver.directory_compare import compare
from cozygen.layout.tree import Tree

PATHS = ["a", "b", "d/a", "d/b", "d/e/a", "d/e/f/a", "g/a"]
DIRECTORIES = ["d", "d/e", "d/e/f", "g", "h"]


@st.composite
def trees(draw: st.DrawFn) -> Tree:
    chosen = draw(st.lists(st.sampled_from([*PATHS, "d", "g", "a/x"]), unique=True))
    files: dict[str, str] = {}
    for path in chosen:
        if not any(
            f"{path}/".startswith(f"{other}/") or f"{other}/".startswith(f"{path}/") for other in files
        ):
            files[path] = draw(st.sampled_from(["", "one\n", "one\ntwo\n", "three\n"]))
    return tree(files)


class ADirectory(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.top = Path(tempfile.mkdtemp())
        self.out = self.top / "out"
        self.out.mkdir()
        self.work: dict[Path, bytes] = {}
        self.meddled = self.forgotten = False
        self.serial = 0

    def teardown(self) -> None:
        shutil.rmtree(self.top)

    @rule(of=trees())
    def render(self, of: Tree) -> None:
        before = snapshot(self.out)
        planned = plan(of, self.out)
        assert snapshot(self.out) == before
        result = write(of, self.out)
        assert planned.diagnostics == result.diagnostics
        if not result.ok:
            assert self.meddled, result
            assert snapshot(self.out) == before
            return
        assert len(planned.write) == result.written
        assert len(planned.prune) == result.pruned
        expected, found = everything(of), snapshot(self.out)
        assert {path: found.get(path) for path in expected} == expected
        extra = {path for path, content in found.items() if path not in expected and content != "directory"}
        assert self.forgotten or extra <= {str(path.relative_to(self.out)) for path in self.work}
        assert bool(compare(of, self.out)) == bool(extra)
        assert not write(of, self.out).written

    @rule(of=trees(), number=st.integers(0, 40), half=st.booleans())
    def die(self, of: Tree, number: int, half: bool) -> None:
        with dying(number, half=half):
            write(of, self.out)

    @rule(path=st.sampled_from(PATHS))
    def edit(self, path: str) -> None:
        target = self.out / path
        if target.parent.is_dir() and not target.is_dir():
            self.serial += 1
            self.meddled = True
            self.work[target] = b"work %d" % self.serial
            target.write_bytes(self.work[target])

    @rule(path=st.sampled_from(DIRECTORIES))
    def make_directory(self, path: str) -> None:
        target = self.out / path
        if target.parent.is_dir() and not target.exists():
            self.meddled = True
            target.mkdir()

    @rule(path=st.sampled_from(PATHS))
    def delete(self, path: str) -> None:
        target = self.out / path
        if target.is_file():
            target.unlink()
            self.work.pop(target, None)

    @precondition(lambda self: self.work)
    @rule()
    def delete_the_manifest(self) -> None:
        self.meddled = self.forgotten = True
        (self.out / ".cozygen/manifest.json").unlink(missing_ok=True)

    @rule()
    def tidy_up(self) -> None:
        """A person takes all work elsewhere; to refuse a render then would be a fault."""
        for path in self.work:
            path.unlink()
        self.work.clear()
        for directory in sorted(DIRECTORIES, reverse=True):
            if (self.out / directory).is_dir() and not any((self.out / directory).iterdir()):
                (self.out / directory).rmdir()
        self.meddled = self.forgotten

    @invariant()
    def nothing_is_lost(self) -> None:
        for path, content in self.work.items():
            assert path.read_bytes() == content


ADirectory.TestCase.settings = settings(max_examples=share(120), stateful_step_count=12, deadline=None)
TestADirectory = ADirectory.TestCase
