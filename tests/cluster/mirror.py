"""Objects of some kinds as the API server has them, kept up to date by watching: looking costs it nothing."""

from __future__ import annotations

import threading
import time
from collections.abc import Sequence
from http.client import HTTPException

from cluster.api import Api, Object, RefusedError

Kind = tuple[str, str]
Key = tuple[str, str]
RETRY = 0.3


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
            threading.Thread(target=self._watch, args=(kind,), daemon=True).start()

    def stop(self) -> None:
        """Take nothing more."""
        self._stopping.set()

    def objects(self, kind: Kind) -> dict[Key, Object]:
        """All objects of a kind by namespace and name."""
        with self._lock:
            return dict(self._found[kind])

    def _watch(self, kind: Kind) -> None:
        while not self._stopping.is_set():
            try:
                listed = self._api.request("GET", self._api.path(*kind))
                with self._lock:
                    self._found[kind] = {_key(item): _named(kind, item) for item in listed["items"]}
                for event, item in self._api.watch(*kind, listed["metadata"]["resourceVersion"], seconds=300):
                    if self._stopping.is_set() or event == "ERROR":
                        break
                    with self._lock:
                        if event == "DELETED":
                            self._found[kind].pop(_key(item), None)
                        else:
                            self._found[kind][_key(item)] = _named(kind, item)
            except (OSError, HTTPException, RefusedError, ValueError):
                time.sleep(RETRY)


def _key(item: Object) -> Key:
    return item["metadata"].get("namespace", ""), item["metadata"]["name"]


def _named(kind: Kind, item: Object) -> Object:
    return {"apiVersion": kind[0], "kind": kind[1], **item}
