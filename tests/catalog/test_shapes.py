from typing import Any

import pytest

from cozygen.catalog.load import load_release, versions
from cozygen.catalog.shapes import cozystack_section, platform_sections
from cozygen.schema import Schema


def wrong(section: dict[str, Any], value: Any) -> list[str]:
    return [".".join(map(str, v.path)) for v in Schema(section).violations(value)]


@pytest.mark.parametrize("version", versions())
def test_sections_take_their_own_defaults(version: str) -> None:
    def defaults(schema: dict[str, Any]) -> Any:
        if "default" in schema or "properties" not in schema:
            return schema.get("default")
        return {key: defaults(item) for key, item in schema["properties"].items()}

    for name, section in platform_sections(load_release(version)).items():
        assert wrong(section, defaults(section)) == [], name


def test_sections_are_those_of_upstream_that_people_set() -> None:
    assert list(platform_sections(load_release("v1.6.2"))) == [
        "networking", "publishing", "authentication", "gateway", "monitoring", "backupStorage", "scheduling",
        "branding", "registries", "resources", "gpu",
    ]  # fmt: skip
    assert "monitoring" not in platform_sections(load_release("v1.5.4"))


def test_unknown_keys_are_refused() -> None:
    sections = platform_sections(load_release("v1.6.2"))
    assert wrong(sections["publishing"], {"exposureClass": "x"}) == ["exposureClass"]
    assert wrong(sections["networking"], {"encryption": {"enabled": True}}) == ["encryption"]
    assert wrong(sections["authentication"], {"oidc": {"enabled": "true"}}) == ["oidc.enabled"]


def test_the_cozystack_section() -> None:
    section = cozystack_section(load_release("v1.6.2"))
    assert wrong(section, {"version": "v1.6.2", "variant": "isp-full"}) == []
    assert wrong(section, {"version": "v1.6.2"}) == [""]
    assert wrong(section, {"version": "v1.6.2", "variant": "distro-full"}) == ["variant"]
    full = {
        "version": "v1.6.2",
        "variant": "isp-full",
        "bundles": {"iaas": {"enabled": True, "gpuOperatorVariant": "vgpu"}},
        "packages": {
            "enable": ["local-ccm", "cozystack.hami"],
            "disable": ["x"],
            "variants": {"networking": "cilium"},
        },
        "components": {
            "networking": {"kubeovn": {"values": {"mtu": 1}, "enabled": True}},
            "own": {"part": {}},
        },
    }
    assert wrong(section, full) == []
    assert wrong(section, {**full, "bundles": {"enabledPackages": []}}) == ["bundles.enabledPackages"]
    assert wrong(section, {**full, "components": {"networking": {"kubeovn": {"value": {}}}}}) == [
        "components.networking.kubeovn.value"
    ]


@pytest.mark.parametrize("version", versions())
def test_every_value_has_words_for_an_editor(version: str) -> None:
    for name, section in platform_sections(load_release(version)).items():
        assert section.get("description"), name
        for key, item in section["properties"].items():
            assert item.get("description") or item.get("properties"), f"{name}.{key}"
