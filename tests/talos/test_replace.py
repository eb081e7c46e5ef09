"""What happens to a cluster's files when its machines change."""

from __future__ import annotations

from machines import compiled

RACK = "gateway: 192.0.2.1, dns: [192.0.2.2]"


def rack(addresses: dict[str, int] | None = None, /, **serials: str) -> dict[str, str]:
    """The whole tree for machines by the number that their MAC address and disks have."""
    last = addresses or {}
    nodes = "".join(
        f"  {name}: {{role: {'controlplane' if name.startswith('cp') else 'worker'}, "
        f"address: 192.0.2.{last.get(name, 10 + index)}/24, "
        f'nics: {{uplink: {{mac: "5254000000{serial:0>2}"}}}}, '
        f"disks: {{system: {{serial: SYS{serial}}}, data: [{{serial: DATA{serial}, pool: data}}]}}}}\n"
        for index, (name, serial) in enumerate(serials.items(), 1)
    )
    found = compiled(f"endpoint: {{vip: 192.0.2.9}}\ndefaults: {{{RACK}}}\nnodes:\n{nodes}")
    assert found.errors == []
    return found.tree()


BEFORE = rack(cp1="11", cp2="12", cp3="13", w1="21", w2="22")


def changed(after: dict[str, str]) -> set[str]:
    return {path for path in {*BEFORE, *after} if BEFORE.get(path) != after.get(path)}


def test_a_replaced_machine_changes_its_own_patch_its_pool_and_the_lists_of_first_boot() -> None:
    after = rack(cp1="11", cp2="99", cp3="13", w1="21", w2="22")
    assert changed(after) == {
        "storage/pools/objects.yaml",
        "talos/nodes/cp2.yaml",
        "talos/boot/boot-to-talos.txt",
        "talos/boot/dnsmasq.conf",
    }
    before, now = BEFORE["talos/nodes/cp2.yaml"].splitlines(), after["talos/nodes/cp2.yaml"].splitlines()
    lines = [(old.strip(), new.strip()) for old, new in zip(before, now, strict=True) if old != new]
    assert lines == [
        ("serial: SYS12", "serial: SYS99"),
        (
            'match: "mac(link.permanent_addr) == \\"52:54:00:00:00:12\\""',
            'match: "mac(link.permanent_addr) == \\"52:54:00:00:00:99\\""',
        ),
        ("name: data-DATA12", "name: data-DATA99"),
        (
            'match: "disk.serial == \\"DATA12\\" && !system_disk"',
            'match: "disk.serial == \\"DATA99\\" && !system_disk"',
        ),
    ]


def test_a_control_plane_with_another_address_is_made_known_to_kube_ovn() -> None:
    after = rack({"cp2": 42}, cp1="11", cp2="12", cp3="13", w1="21", w2="22")
    assert changed(after) == {
        "platform/objects.yaml",
        "talos/nodes/cp2.yaml",
        "talos/boot/boot-to-talos.txt",
        "talos/boot/dnsmasq.conf",
        "talos/runbook.md",
    }
    assert 'MASTER_NODES: "192.0.2.11,192.0.2.42,192.0.2.13"' in after["platform/objects.yaml"]


def test_a_new_machine_leaves_the_others_alone() -> None:
    after = rack(cp1="11", cp2="12", cp3="13", w1="21", w2="22", w3="23")
    assert changed(after) == {
        "storage/pools/objects.yaml",
        "talos/nodes/w3.yaml",
        "talos/boot/boot-to-talos.txt",
        "talos/boot/dnsmasq.conf",
        "talos/runbook.md",
    }


def test_a_machine_that_goes_takes_its_patch_along() -> None:
    after = rack(cp1="11", cp2="12", cp3="13", w1="21")
    assert "talos/nodes/w2.yaml" in changed(after)
    assert "talos/nodes/w2.yaml" not in after
    assert {path for path in changed(after) if not path.startswith("talos/boot/")} == {
        "storage/pools/objects.yaml",
        "talos/nodes/w2.yaml",
        "talos/runbook.md",
    }
