"""Compiling families in several processes at once.

Forked processes begin with everything that is read and linked, so nothing but results has to be carried
between them. Where there is only one processor, no fork, or little to do, one process does it all.
"""

from __future__ import annotations

import gc
import marshal
import os
from collections.abc import Iterator, Sequence
from typing import Any

from cozygen.compiler.families import Work, one_by_one
from cozygen.compiler.memory import family_of_plain, family_plain
from cozygen.compiler.result import FamilyResult
from cozygen.spec.families import Family

_WORTH = 150
"""Families for which a process pays: compiling fewer takes less time than forking and carrying results back."""
_BATCH = 64


def forked(work: Work, families: Sequence[Family]) -> Iterator[FamilyResult]:
    """The results of some work on every family, in order. Raises ``RuntimeError`` if a process dies."""
    processes = min(_processors(), len(families) // _WORTH)
    if processes < 2 or not hasattr(os, "fork"):
        yield from one_by_one(work, families)
        return
    gc.freeze()
    shares = [families[n::processes] for n in range(processes)]
    started = [_start(work, share) for share in shares]
    streams = [_Results(pipe) for _, pipe in started]
    try:
        for number in range(len(families)):
            yield next(streams[number % processes])
    finally:
        for stream in streams:
            stream.close()  # who still writes is told that nobody reads any more
        for process, _ in started:
            os.waitpid(process, 0)
        gc.unfreeze()


def _processors() -> int:
    affinity = getattr(os, "sched_getaffinity", None)
    return len(affinity(0)) if affinity is not None else os.cpu_count() or 1


def _start(work: Work, share: Sequence[Family]) -> tuple[int, int]:
    """A process that works on a share, and the end of a pipe that its results come from."""
    incoming, outgoing = os.pipe()
    process = os.fork()
    if process:
        os.close(outgoing)
        return process, incoming
    status = 1
    try:
        os.close(incoming)
        gc.disable()
        with os.fdopen(outgoing, "wb") as file:
            for begin in range(0, len(share), _BATCH):
                batch = [_packed(work(family)) for family in share[begin : begin + _BATCH]]
                marshal.dump(batch, file)
        status = 0
    except BrokenPipeError:
        status = 0  # nobody wants the rest
    except BaseException:
        import traceback

        traceback.print_exc()
    finally:
        os._exit(status)


def _packed(result: FamilyResult) -> Any:
    """A result as it is carried: plain data, which is quicker than pickling, or pickled where it cannot be that."""
    plain = family_plain(result, files=True)
    if plain is not None:
        return plain
    import pickle

    return pickle.dumps(result, pickle.HIGHEST_PROTOCOL)


def _unpacked(packed: Any) -> FamilyResult:
    if not isinstance(packed, bytes):
        return family_of_plain(packed)
    import pickle

    result: FamilyResult = pickle.loads(packed)
    return result


class _Results:
    """The results that come out of a pipe."""

    def __init__(self, pipe: int) -> None:
        self._file = os.fdopen(pipe, "rb")
        self._batch: Iterator[FamilyResult] = iter(())

    def __next__(self) -> FamilyResult:
        for result in self._batch:
            return result
        try:
            self._batch = map(_unpacked, marshal.load(self._file))
        except EOFError:
            raise RuntimeError("a process that compiled a part of the spec died") from None
        return next(self._batch)

    def close(self) -> None:
        """End reading, whether or not all has been read."""
        self._file.close()
