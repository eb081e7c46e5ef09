"""Every command: its help, its JSON, its exit codes."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import click
import pytest
from click.testing import CliRunner, Result
from world import as_yaml, full_text, platform, tenant

from cozygen import __version__
from cozygen.cli.main import COMMANDS, cli

GOOD = as_yaml(
    platform(),
    tenant("root", services={name: {} for name in ("etcd", "ingress", "monitoring", "seaweedfs")}),
    tenant("acme"),
)
WARNED = GOOD.replace(
    "  delivery:\n    git:\n      url: https://git.example.org/fleet.git\n      path: clusters/prod\n", ""
)
BAD = GOOD.replace("name: acme", "name: Acme")


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty directory to be in, with nothing of a repository above it."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


def run(*words: str, stdin: str | bytes | None = None) -> Result:
    return CliRunner().invoke(cli, words, prog_name="cozygen", input=stdin)


def commands(command: click.Command, path: tuple[str, ...] = ()) -> list[tuple[str, ...]]:
    """The words of every command."""
    found = [path]
    if isinstance(command, click.Group):
        context = click.Context(command)
        for name in command.list_commands(context):
            below = command.get_command(context, name)
            assert below is not None, name
            found += commands(below, (*path, name))
    return found


def command_of(words: tuple[str, ...]) -> click.Command:
    command: Any = cli
    for word in words:
        command = command.get_command(click.Context(command), word)
    return command


def modules_of(*words: str) -> set[str]:
    """What a command has loaded when it ends."""
    program = (
        "import atexit, sys; atexit.register(lambda: print(sorted(sys.modules))); "
        "from cozygen.__main__ import main; main()"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, *words],
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
        env={**os.environ, "COZYGEN_CACHE_DIR": "none"},
    )
    return set(re.findall(r"'([\w.]+)'", done.stdout.splitlines()[-1]))


def test_a_render_loads_what_its_spec_needs() -> None:
    Path("spec.yaml").write_text(GOOD + "---\n" + as_yaml(tenant("beta", apps={"Redis": {"cache": {}}})))
    loaded = modules_of("render", "spec.yaml", "--output", "out")
    assert "cozygen.charts.caches" in loaded
    machines = {"cozygen.emit.talos.node", "cozygen.checks.talos.patches", "cozygen.layout.talos"}
    other = {"cozygen.charts.postgres", "cozygen.deliver.git_push", "cozygen.cli.push"}
    assert not loaded & {*machines, *other, "jinja2", "yaml", "ruamel", "pickle", "difflib", "rich"}


class TestHelp:
    HEIGHT, WIDTH = 24, 100

    def test_of_every_command_fits_a_screen(self) -> None:
        program = (
            "import json, rich_click.patch; rich_click.patch.patch()\n"
            "from click.testing import CliRunner; from cozygen.cli.main import cli\n"
            f"print(json.dumps([CliRunner().invoke(cli, [*p, '--help'], prog_name='cozygen').output for p in {commands(cli)!r}]))"
        )
        done = subprocess.run(
            [sys.executable, "-c", program],
            capture_output=True,
            timeout=120,
            check=True,
            env={"COLUMNS": str(self.WIDTH), "PATH": ""},
        )
        for words, text in zip(commands(cli), json.loads(done.stdout), strict=True):
            lines = text.rstrip().splitlines()
            assert lines, words
            assert max(map(len, lines)) <= self.WIDTH, words
            assert len(lines) <= self.HEIGHT, f"{' '.join(words)}: {len(lines)} lines"

    def test_lists_every_command_with_what_it_does(self) -> None:
        text = run("--help").output
        for name, (module, about) in COMMANDS.items():
            assert name in text
            assert module.startswith("cozygen.cli.")
            assert about.endswith(".")

    @pytest.mark.parametrize("words", commands(cli), ids=" ".join)
    def test_says_something_of_every_option(self, words: tuple[str, ...]) -> None:
        command = command_of(words)
        assert command.help
        for parameter in command.params:
            if isinstance(parameter, click.Option):
                assert parameter.help, parameter.name

    def test_of_a_command_loads_no_other(self) -> None:
        loaded = modules_of("explain", "--help")
        assert "cozygen.cli.explain" in loaded
        heavy = {"cozygen.pipeline", "cozygen.cli.render", "jsonschema_rs", "jinja2", "ruamel", "yaml", "git"}
        assert not loaded & heavy


class TestWrongUse:
    @pytest.mark.parametrize(
        "words",
        [
            ("rendr",), ("check", "--nope"), ("check", "no/such/path"), ("render", "spec.yaml"), ("check", "--format", "xml", "spec.yaml"), ("check",),
            ("check", "--site", "x", "spec.yaml"), ("explain", "CZ999999"), ("catalog", "show", "Nope"), ("schema", "--cozystack", "v0.0.1"), ("tree", "x", "nope"),
        ],
    )  # fmt: skip
    def test_is_exit_code_2(self, here: Path, words: tuple[str, ...]) -> None:
        (here / "spec.yaml").write_text(GOOD)
        result = run(*words)
        assert result.exit_code == 2, result.output
        assert result.stdout == ""
        assert "Traceback" not in result.stderr

    @pytest.mark.parametrize(
        ("word", "meant"), [("rendr", "render"), ("chek", "check"), ("Explain", "explain"), ("intit", "init")]
    )
    def test_of_a_name_suggests_the_right_one(self, word: str, meant: str) -> None:
        assert f"did you mean {meant}?" in run(word).stderr

    def test_of_a_name_that_is_like_no_other_suggests_none(self) -> None:
        result = run("xyzzy")
        assert result.exit_code == 2
        assert "None" not in result.stderr

    def test_of_a_code_suggests_the_nearest(self) -> None:
        assert "did you mean CZ" in run("explain", "CZ20022").stderr


class TestExitCodes:
    @pytest.mark.parametrize(
        ("text", "code"), [(GOOD, 0), (WARNED, 0), (BAD, 1), ("", 1), ("[", 1), (b"\xff\xfe", 1)]
    )
    def test_of_check(self, here: Path, text: str | bytes, code: int) -> None:
        (here / "spec.yaml").write_bytes(text if isinstance(text, bytes) else text.encode())
        for words in (("check", "spec.yaml"), ("check", "."), ("check", "spec.yaml", "--format", "json")):
            assert run(*words).exit_code == code, words

    def test_of_render(self, here: Path) -> None:
        (here / "good.yaml").write_text(GOOD)
        (here / "bad.yaml").write_text(BAD)
        assert run("render", "good.yaml", "-o", "out").exit_code == 0
        assert run("render", "bad.yaml", "-o", "other").exit_code == 1

    @pytest.mark.parametrize(
        "words", [("check", "/proc/self/mem"), ("check", "/dev/null"), ("render", "/dev/zero", "-o", "x")]
    )
    def test_of_what_cannot_be_read_is_3(self, words: tuple[str, ...]) -> None:
        result = run(*words)
        assert result.exit_code == 3, result.output
        assert result.stderr.startswith("cozygen: ")


class TestJson:
    CALLS = (
        ("check", "good.yaml"), ("check", "bad.yaml"), ("check", "broken.yaml"), ("render", "good.yaml", "-o", "out"), ("render", "bad.yaml", "-o", "out2"),
        ("render", "good.yaml", "-o", "out3", "--dry-run"), ("tree", "good.yaml"), ("tree", "bad.yaml"), ("explain",), ("explain", "CZ0001"), ("catalog", "list"),
        ("catalog", "show", "Postgres"), ("init", "--yes", "new"), ("check", "good.yaml", "--against", "out"), ("check", "warned.yaml"),
    )  # fmt: skip

    @pytest.mark.parametrize("words", CALLS, ids=" ".join)
    def test_is_all_there_is_on_standard_output(self, here: Path, words: tuple[str, ...]) -> None:
        for name, text in {"good": GOOD, "bad": BAD, "broken": "[", "warned": WARNED}.items():
            (here / f"{name}.yaml").write_text(text)
        result = run(*words, "--format", "json")
        assert result.exit_code in (0, 1)
        assert isinstance(json.loads(result.stdout), dict)
        assert result.stderr == ""

    def test_of_check_has_the_documented_form(self, here: Path) -> None:
        (here / "bad.yaml").write_text(BAD)
        found = json.loads(run("check", "bad.yaml", "--format", "json").stdout)
        assert set(found) == {"version", "diagnostics", "summary"}
        assert (found["version"], found["summary"]) == (1, {"errors": 1, "warnings": 0})
        (item,) = found["diagnostics"]
        assert set(item) == {
            "code",
            "severity",
            "message",
            "file",
            "line",
            "column",
            "hint",
            "related",
            "values",
        }
        assert (item["code"], item["severity"], item["file"]) == ("CZ2002", "error", "bad.yaml")
        assert BAD.splitlines()[item["line"] - 1][item["column"] - 1 :] == "Acme"

    def test_holds_whatever_names_files_have(self, here: Path) -> None:
        name = b"sp\xffec.yaml"
        (here / "d").mkdir()
        (here / "d" / name.decode("utf-8", "surrogateescape")).write_text(BAD)
        done = subprocess.run(
            [sys.executable, "-m", "cozygen", "check", "d", "--format", "json"],
            capture_output=True,
            timeout=60,
        )
        assert done.returncode == 1, done.stderr
        assert json.loads(done.stdout)["diagnostics"][0]["file"] == "d/sp\udcffec.yaml"
        done = subprocess.run(
            [sys.executable, "-m", "cozygen", "check", "d"], capture_output=True, timeout=60
        )
        assert (done.returncode, b"Traceback" in done.stderr) == (1, False)


class TestText:
    def test_goes_to_standard_error_with_the_line_in_question(self, here: Path) -> None:
        (here / "bad.yaml").write_text(BAD)
        result = run("check", "bad.yaml")
        assert result.stdout == ""
        assert "error[CZ2002]" in result.stderr
        assert "| " in result.stderr
        assert "name: Acme" in result.stderr
        assert "1 error" in result.stderr

    def test_never_speaks_to_the_terminal_itself(self, here: Path) -> None:
        (here / "bad.yaml").write_text(
            GOOD + '---\n"\\e[31mred": "\\a"\n---\napiVersion: cozygen.io/v1alpha1\nkind: "\\e]0;x\\a"\n'
        )
        result = run("check", "bad.yaml")
        assert result.exit_code == 1
        assert "\x1b" not in result.stderr
        assert "\a" not in result.stderr

    def test_cuts_long_lines_around_what_is_wrong(self, here: Path) -> None:
        (here / "bad.yaml").write_text('{"a": "' + "x" * 100_000 + '", "b": 1, "b": 2}')
        lines = run("check", "bad.yaml").stderr.splitlines()
        assert max(map(len, lines)) < 200
        at = next(i for i, line in enumerate(lines) if "CZ0006" in line)
        excerpt, pointer = lines[at + 2], lines[at + 3]
        assert excerpt[pointer.index("^") :].startswith('"b": 2')


class TestInput:
    def test_from_standard_input(self) -> None:
        assert run("check", "-", stdin=GOOD).exit_code == 0
        result = run("check", "-", "--format", "json", stdin=BAD)
        assert json.loads(result.stdout)["diagnostics"][0]["file"] == "<stdin>"

    def test_from_a_directory_takes_yaml_alone_and_no_hidden_or_rendered_files(self, here: Path) -> None:
        spec = here / "spec"
        (spec / "deep" / "er").mkdir(parents=True)
        (spec / "platform.yaml").write_text(GOOD.split("---\n")[0])
        (spec / "deep" / "er" / "root.yml").write_text(GOOD.split("---\n")[1])
        (spec / "deep" / "acme.json").write_text(
            '{"apiVersion": "cozygen.io/v1alpha1", "kind": "Tenant", "metadata": {"name": "acme"}}'
        )
        (spec / "notes.txt").write_text("no: [yaml")
        (spec / ".hidden.yaml").write_text("no: [yaml")
        (spec / ".git").mkdir()
        (spec / ".git" / "x.yaml").write_text("no: [yaml")
        assert run("render", "spec", "-o", "spec/out").exit_code == 0
        result = run("check", "spec")
        assert (result.exit_code, result.stderr) == (0, "nothing wrong\n")

    def test_from_layers(self, here: Path) -> None:
        (here / "base.yaml").write_text(BAD)
        (here / "over.yaml").write_text(as_yaml({**tenant("Acme"), "spec": None}))
        assert run("check", "base.yaml").exit_code == 1
        assert run("check", "base.yaml", "over.yaml").exit_code == 0

    def test_from_the_nearest_cozygen_yaml(self, here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        (here / "cozygen.yaml").write_text(
            "sites:\n  a: {layers: [a.yaml], output: out/a}\n  b: {layers: [a.yaml, b.yaml], output: out/b}\n"
        )
        (here / "a.yaml").write_text(GOOD)
        (here / "b.yaml").write_text(as_yaml(tenant("other")))
        (here / "below").mkdir()
        monkeypatch.chdir(here / "below")
        assert run("check").exit_code == 0
        assert run("render").exit_code == 0
        assert (here / "out" / "b" / "tenants" / "other" / "tenant" / "release.yaml").is_file()
        assert not (here / "out" / "a" / "tenants" / "other").exists()
        assert run("render", "--site", "a").exit_code == 0
        assert "it has a, b" in run("render", "--site", "c").stderr
        assert run("render", "-o", "x").exit_code == 2
        assert run("check", "--against", ".").exit_code == 0

    def test_from_a_cozygen_yaml_that_is_wrong(self, here: Path) -> None:
        (here / "cozygen.yaml").write_text("sites: {a: {}}\n")
        result = run("check")
        assert result.exit_code == 1
        assert "CZ1107" in result.stderr
        (here / "cozygen.yaml").write_text("sites: {a: {layers: [nope], output: x}}\n")
        assert run("check").exit_code in (1, 2)


class TestAgainst:
    def test_the_directory_is_what_the_spec_compiles_to(self, here: Path) -> None:
        (here / "spec.yaml").write_text(GOOD)
        run("render", "spec.yaml", "-o", "out")
        assert run("check", "spec.yaml", "--against", "out").exit_code == 0
        (here / "spec.yaml").write_text(GOOD.replace("name: acme", "name: other"))
        assert run("check", "spec.yaml", "--against", "out").exit_code == 1

    @pytest.mark.parametrize("damage", ["edited", "missing", "nothing"])
    def test_a_directory_that_is_not(self, here: Path, damage: str) -> None:
        (here / "spec.yaml").write_text(GOOD)
        if damage != "nothing":
            run("render", "spec.yaml", "-o", "out")
            file = here / "out" / "platform" / "objects.yaml"
            file.write_text(file.read_text() + "# more\n") if damage == "edited" else file.unlink()
        result = run("check", "spec.yaml", "--against", "out", "--format", "json")
        assert result.exit_code == 1
        assert all(d["code"].startswith("CZ9") for d in json.loads(result.stdout)["diagnostics"])


class TestRender:
    def test_with_errors_writes_nothing(self, here: Path) -> None:
        (here / "spec.yaml").write_text(BAD)
        result = run("render", "spec.yaml", "-o", "out")
        assert result.exit_code == 1
        assert not (here / "out").exists()

    def test_with_errors_leaves_what_is_there_alone(self, here: Path) -> None:
        (here / "spec.yaml").write_text(GOOD)
        run("render", "spec.yaml", "-o", "out")
        before = {p: p.read_bytes() for p in (here / "out").rglob("*") if p.is_file()}
        (here / "spec.yaml").write_text(BAD)
        run("render", "spec.yaml", "-o", "out")
        assert {p: p.read_bytes() for p in (here / "out").rglob("*") if p.is_file()} == before

    def test_dry_run_touches_nothing_and_says_the_same(self, here: Path) -> None:
        (here / "spec.yaml").write_text(GOOD)
        would = json.loads(run("render", "spec.yaml", "-o", "out", "--dry-run", "--format", "json").stdout)[
            "sites"
        ][0]
        assert not (here / "out").exists()
        did = json.loads(run("render", "spec.yaml", "-o", "out", "--format", "json").stdout)["sites"][0]
        assert would == did
        assert did["written"] > 20
        again = json.loads(run("render", "spec.yaml", "-o", "out", "--format", "json").stdout)["sites"][0]
        assert (again["written"], again["unchanged"], again["pruned"]) == (0, did["written"], 0)


def test_version() -> None:
    assert run("--version").output == f"cozygen, version {__version__}\n"


def test_full_spec_is_shown_as_a_tree(here: Path) -> None:
    (here / "spec.yaml").write_text(full_text().replace("{file: queue.sops.yaml}", "{external: true}"))
    result = run("tree", "spec.yaml")
    assert result.exit_code == 0, result.stderr
    for word in (
        "tenant-acme-web",
        "tenant-inline-deep",
        "Postgres main",
        "acme.example.net",
        "left.shop.example.net",
        "on gpu",
    ):
        assert word in result.stdout
