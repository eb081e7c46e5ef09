"""The data that ships is what an import of the release gives."""

import json
from typing import Any

import pytest
from upstream import ROOT, files_of

from cozygen.catalog.codec import encode
from cozygen.catalog.definition import read_definition
from cozygen.catalog.importer import import_release
from cozygen.catalog.load import load_release, release_of, versions
from cozygen.yamlio import read_documents


@pytest.mark.parametrize("version", versions())
def test_shipped_data_is_a_fresh_import(version: str) -> None:
    documents, found = import_release(files_of(version), version)
    assert found == []
    for name, document in documents.items():
        assert (ROOT / "bundles" / version / name).read_bytes() == encode(document)


@pytest.mark.parametrize("version", versions())
def test_loading_gives_back_what_was_read(version: str) -> None:
    release = load_release(version)
    for name, data in files_of(version).items():
        for document in read_documents(data, name)[0]:
            if document.body["kind"] != "ApplicationDefinition":
                continue
            application, _ = read_definition(document.body, document.place)
            assert application is not None
            loaded = release.applications[application.kind]
            assert loaded.schema == application.schema
            assert (loaded.prefix, loaded.chart, loaded.labels) == (
                application.prefix,
                application.chart,
                application.labels,
            )


def test_the_next_release_can_be_read_too() -> None:
    documents, found = import_release(files_of("main-2026-08-21"), "main")
    assert found == []
    release = release_of("main", documents)
    assert "ComputePlane" in release.applications
    assert len(release.packages) == 99


@pytest.mark.parametrize("version", versions())
def test_nothing_that_ships_is_upstreams_prose(version: str) -> None:
    def words(value: Any) -> list[str]:
        if isinstance(value, dict):
            return [
                t
                for k, v in value.items()
                for t in ([v] if k == "description" and isinstance(v, str) else words(v))
            ]
        return [t for item in value for t in words(item)] if isinstance(value, list) else []

    ours = words(json.loads((ROOT / "bundles" / version / "platform.json").read_bytes()))
    theirs = b"".join(files_of(version).values()).decode()
    assert ours
    assert not [text for text in ours if len(text) > 30 and text in theirs]
    assert not words(json.loads((ROOT / "bundles" / version / "applications.json").read_bytes()))
