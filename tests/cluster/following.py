"""Following objects of a kind: all that there are, then whatever happens to them, until told to stop."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from http.client import HTTPException

from cluster.api import Api, Object, RefusedError

Kind = tuple[str, str]
RETRY = 0.3


def follow(
    api: Api,
    kind: Kind,
    stopping: threading.Event,
    listed: Callable[[list[Object]], None],
    happened: Callable[[str, Object], None],
) -> None:
    """Hands over all objects, then each event and its object; begins again with all when the server ends it."""
    while not stopping.is_set():
        try:
            found = api.request("GET", api.path(*kind))
            listed([_named(kind, item) for item in found["items"]])
            for event, item in api.watch(*kind, found["metadata"]["resourceVersion"], seconds=300):
                if stopping.is_set() or event == "ERROR":
                    break
                happened(event, _named(kind, item))
        except (OSError, HTTPException, RefusedError, ValueError):
            time.sleep(RETRY)


def _named(kind: Kind, item: Object) -> Object:
    return {"apiVersion": kind[0], "kind": kind[1], **item}
