"""How the code is put together: one direction, pure but for its edges, small files, codes that explain themselves."""

from __future__ import annotations

import ast
import importlib
import pkgutil
import re
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest

import cozygen
from cozygen.diagnostics.registry import all_codes

ROOT = Path(cozygen.__file__).parent
MODULES = sorted(ROOT.rglob("*.py"))
MOST_LINES = 400

WORLD = {
    "asyncio", "concurrent", "ctypes", "datetime", "getpass", "glob", "http", "io", "locale", "logging", "multiprocessing",
    "os", "pathlib", "random", "secrets", "select", "shutil", "signal", "socket", "subprocess", "sys", "tempfile",
    "threading", "time", "urllib.request", "uuid", "zoneinfo",
}  # fmt: skip
"""What the compiler may not see: clock, environment, files, network, chance, other programs."""

EDGES = {
    "cli": "reads and prints",
    "deliver": "writes",
    "__main__.py": "the program's entry",
    "data.py": "finds the data that ships with cozygen",
}
SHIPPED = {"templates.py", "catalog/load.py"}
"""What reads the data that ships with cozygen, by way of ``cozygen.data``."""


def name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


@cache
def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text())


@cache
def nodes(path: Path) -> list[ast.AST]:
    return list(ast.walk(tree(path)))


@cache
def imports(path: Path) -> set[str]:
    """The modules that a file imports, wherever in it it does so."""
    found = set()
    for node in nodes(path):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            found |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
    return found


CORE = [path for path in MODULES if name(path).split("/")[0] not in EDGES]


def test_packages_depend_on_each_other_in_one_direction() -> None:
    program = "from importlinter.cli import lint_imports; raise SystemExit(lint_imports(no_cache=True))"
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT.parent, capture_output=True, text=True, timeout=120
    )
    assert done.returncode == 0, done.stdout[-3000:]


def test_the_core_sees_nothing_of_the_world() -> None:
    seen = {
        name(path): found
        for path in CORE
        if (found := {m for m in imports(path) if m in WORLD or m.split(".")[0] in WORLD})
    }
    assert not seen


def test_the_core_opens_prints_and_runs_nothing() -> None:
    forbidden = {"open", "print", "input", "exec", "eval", "compile", "__import__", "breakpoint", "exit"}
    files = {
        "read_text",
        "read_bytes",
        "write_text",
        "write_bytes",
        "iterdir",
        "glob",
        "rglob",
        "is_dir",
        "is_file",
    }
    for path in CORE:
        calls = [node.func for node in nodes(path) if isinstance(node, ast.Call)]
        assert not forbidden & {f.id for f in calls if isinstance(f, ast.Name)}, name(path)
        if name(path) not in SHIPPED:
            assert not files & {f.attr for f in calls if isinstance(f, ast.Attribute)}, name(path)


def test_only_what_reads_shipped_data_finds_it() -> None:
    using = {name(path) for path in CORE if "cozygen.data" in imports(path)}
    assert using == SHIPPED


def test_the_core_never_speaks_of_click() -> None:
    assert not [
        name(path)
        for path in CORE
        if any(m.split(".")[0] in ("click", "rich", "rich_click") for m in imports(path))
    ]


@pytest.mark.parametrize("package", sorted({name(p.parent) for p in MODULES if p.name == "__init__.py"}))
def test_every_package_says_what_lives_there(package: str) -> None:
    assert ast.get_docstring(tree(ROOT / package / "__init__.py"))


def test_every_file_says_what_it_is_and_is_one_idea() -> None:
    assert not [name(path) for path in MODULES if not ast.get_docstring(tree(path))]
    assert not [name(path) for path in MODULES if len(path.read_text().splitlines()) > MOST_LINES]


def test_no_module_is_a_drawer() -> None:
    drawers = re.compile(r"utils?|helpers?|managers?|common|misc").fullmatch
    allowed = {"spec/shapes/common.py", "review/managers.py"}  # shapes that kinds share; managers of fields
    assert not [name(path) for path in MODULES if drawers(path.stem) and name(path) not in allowed]


def test_everything_can_be_imported_on_its_own() -> None:
    names = [
        m.name for m in pkgutil.walk_packages([str(ROOT)], "cozygen.") if not m.name.endswith("__main__")
    ]
    assert all(importlib.import_module(module) for module in names)


class TestCodes:
    def test_have_a_number_and_a_page(self) -> None:
        for code in all_codes().values():
            assert re.fullmatch(r"CZ[0-9]{4}", code.id)
            assert code.title, code.id
            assert not code.title.endswith("."), code.id
            for text in (code.why, code.fix):
                assert text.endswith("."), text
                assert "  " not in text

    def test_are_each_defined_once_and_used(self) -> None:
        """A constant of a code is read somewhere, or it is a page about nothing."""
        defined: dict[str, str] = {}
        read: set[str] = set()
        for path in MODULES:
            for node in nodes(path):
                if (
                    isinstance(node, ast.Assign)
                    and isinstance(node.value, ast.Call)
                    and isinstance(node.value.func, ast.Name)
                    and node.value.func.id == "Code"
                ):
                    (target,) = node.targets
                    assert isinstance(target, ast.Name)
                    number = node.value.args[0]
                    assert isinstance(number, ast.Constant)
                    assert number.value not in defined, f"{number.value} is defined twice"
                    defined[number.value] = target.id
                elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load):
                    read.add(node.id)
                elif isinstance(node, ast.Attribute):
                    read.add(node.attr)
        assert not {number: constant for number, constant in defined.items() if constant not in read}
        assert set(defined) == set(all_codes())
