"""Objects of some kinds as the API server has them, kept up to date by watching: looking costs it nothing."""

from __future__ import annotations

import threading
from collections.abc import Sequence

from cluster.api import Api, Object
from cluster.following import Kind, follow

Key = tuple[str, str]


class Mirror:
    """A copy that is a moment behind, as every controller's is."""

    def __init__(self, api: Api, kinds: Sequence[Kind]) -> None:
        self._api = api
        self._found: dict[Kind, dict[Key, Object]] = {kind: {} for kind in kinds}
        self._lock = threading.Lock()
        self._stopping = threading.Event()

    def start(self) -> None:
        """Begin; threads that end with the process."""
        for kind in self._found:
            threading.Thread(target=self._follow, args=(kind,), daemon=True).start()

    def stop(self) -> None:
        """Take nothing more."""
        self._stopping.set()

    def objects(self, kind: Kind) -> dict[Key, Object]:
        """All objects of a kind by namespace and name."""
        with self._lock:
            return dict(self._found[kind])

    def _follow(self, kind: Kind) -> None:
        def listed(items: list[Object]) -> None:
            with self._lock:
                self._found[kind] = {_key(item): item for item in items}

        def happened(event: str, item: Object) -> None:
            with self._lock:
                if event == "DELETED":
                    self._found[kind].pop(_key(item), None)
                else:
                    self._found[kind][_key(item)] = item

        follow(self._api, kind, self._stopping, listed, happened)


def _key(item: Object) -> Key:
    return item["metadata"].get("namespace", ""), item["metadata"]["name"]
