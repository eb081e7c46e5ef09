"""The loop of a controller: every object of some kinds, and then whatever happens to them."""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from http.client import HTTPException
from typing import NamedTuple

from cluster.api import Api, Object, RefusedError
from cluster.following import RETRY, Kind, follow


class Event(NamedTuple):
    """An object that exists or is gone; with a time it is looked at then, as it is by then."""

    exists: bool
    item: Object
    due: float | None = None

    @property
    def key(self) -> tuple[bool, str, str, str]:
        """Which object, and whether it exists."""
        metadata = self.item["metadata"]
        return self.exists, self.item["kind"], metadata.get("namespace", ""), metadata["name"]


class Controller:
    """Hands objects to ``reconcile``, and those that are gone to ``gone``, one after the other.

    What the API server refuses is tried again a moment later; any other exception is a mistake of the stand-in,
    is kept in ``mistakes`` and raised when the controller stops.
    """

    def __init__(
        self,
        api: Api,
        kinds: Sequence[Kind],
        reconcile: Callable[[Object], None],
        gone: Callable[[Object], None] = lambda _: None,
    ) -> None:
        self.api = api
        self.mistakes: list[BaseException] = []
        self._kinds = kinds
        self._handlers = {True: reconcile, False: gone}
        self._events: queue.SimpleQueue[Event] = queue.SimpleQueue()
        self._stopping = threading.Event()

    def start(self) -> None:
        """Begin; threads that end with the process."""
        for kind in self._kinds:
            threading.Thread(target=self._watch, args=(kind,), daemon=True).start()
        threading.Thread(target=self._work, daemon=True).start()

    def stop(self) -> None:
        """Take no further event."""
        self._stopping.set()
        self.check()

    def check(self) -> None:
        """Raise what the stand-in itself did wrong."""
        if self.mistakes:
            raise self.mistakes[0]

    def again(self, item: Object) -> None:
        """Look at an object once more, as it is now."""
        self._events.put(Event(True, item, 0.0))

    def _watch(self, kind: Kind) -> None:
        def listed(items: list[Object]) -> None:
            for item in items:
                self._events.put(Event(True, item))

        def happened(event: str, item: Object) -> None:
            self._events.put(Event(event != "DELETED", item))

        follow(self.api, kind, self._stopping, listed, happened)

    def _work(self) -> None:
        waiting: dict[tuple[bool, str, str, str], Event] = {}
        while not self._stopping.is_set():
            for event in self._arrived():
                waiting.pop(event.key, None)  # what comes later goes last, and counts alone
                waiting[event.key] = event
            now = time.monotonic()
            for key, event in [item for item in waiting.items() if (item[1].due or 0) <= now]:
                del waiting[key]
                if not self._handled(event):
                    waiting[key] = event._replace(due=now + RETRY)

    def _arrived(self) -> Iterator[Event]:
        with suppress(queue.Empty):
            yield self._events.get(timeout=0.05)
            while True:
                yield self._events.get_nowait()

    def _handled(self, event: Event) -> bool:
        try:
            item = self._as_now(event.item) if event.exists and event.due is not None else event.item
            if item is not None:
                self._handlers[event.exists](item)
        except (OSError, HTTPException, RefusedError):
            return self._stopping.is_set()
        except Exception as mistake:
            self.mistakes.append(mistake)
        return True

    def _as_now(self, item: Object) -> Object | None:
        metadata = item["metadata"]
        return self.api.find(item["apiVersion"], item["kind"], metadata["name"], metadata.get("namespace"))


def condition(item: Object, status: str, reason: str, message: str = "") -> Object:
    """A Ready condition of the object's current generation."""
    return {
        "type": "Ready",
        "status": status,
        "reason": reason,
        "message": message or reason,
        "observedGeneration": item["metadata"]["generation"],
        "lastTransitionTime": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
    }
