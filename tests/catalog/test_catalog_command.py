import json
from pathlib import Path

import pytest
from click.testing import CliRunner
from test_importer import DEFINITION, SOURCE

from cozygen.cli.catalog import catalog


def run(*arguments: str) -> tuple[int, str, str]:
    result = CliRunner().invoke(catalog, list(arguments))
    return result.exit_code, result.stdout, result.stderr


@pytest.fixture
def upstream(tmp_path: Path) -> Path:
    directory = tmp_path / "upstream" / "packagesources"
    directory.mkdir(parents=True)
    (directory / "foo.yaml").write_text(SOURCE)
    (directory.parent / "foo.yaml").write_text(DEFINITION)
    return directory.parent


def test_list() -> None:
    code, out, _ = run("list")
    assert code == 0
    assert out.startswith("Cozystack v1.6.2\n")
    assert "networking" in out
    code, out, _ = run("list", "--version", "v1.5.4", "--format", "json")
    assert json.loads(out)["release"] == "v1.5.4"


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("postgres", "longest"),
        ("networking", "kubeovn-cilium"),
        ("cozystack.networking", "kubeovn-cilium"),
        ("isp-hosted", "neverReady"),
    ],
)
def test_show(name: str, words: str) -> None:
    assert run("show", name)[0] == 0
    code, out, _ = run("show", name, "--format", "json")
    assert code == 0
    assert words in json.dumps(json.loads(out))


def test_show_what_does_not_exist() -> None:
    code, _, err = run("show", "postgre")
    assert code == 2
    assert "did you mean Postgres?" in err


def test_import_writes_and_diff_reads(upstream: Path, tmp_path: Path) -> None:
    written = tmp_path / "data"
    code, out, _ = run("import", str(upstream), "--version", "v9", "--output", str(written))
    assert (code, out) == (0, "v9: 1 applications, 2 packages\n")
    assert sorted(p.name for p in written.iterdir()) == ["applications.json", "packages.json"]
    assert run("diff", str(written), str(upstream))[1] == "no differences\n"
    code, out, _ = run("diff", "v1.6.2", str(written), "--format", "json")
    assert code == 0
    changes = json.loads(out)["changes"]
    assert {"area": "application", "name": "Foo", "kind": "added", "what": "kind"} in changes


def test_import_writes_nothing_when_something_is_wrong(upstream: Path, tmp_path: Path) -> None:
    (upstream / "bad.yaml").write_text("kind: PackageSource\n")
    code, out, _ = run("import", str(upstream), "--output", str(tmp_path / "data"), "--format", "json")
    assert code == 1
    assert json.loads(out)["summary"]["errors"] > 0
    assert not (tmp_path / "data").exists()


def test_an_unknown_version() -> None:
    code, _, err = run("diff", "v1.6.2", "v9")
    assert code == 2
    assert "known are v1.6.2, v1.5.4" in err
