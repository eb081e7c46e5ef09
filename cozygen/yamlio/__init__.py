"""YAML in and out: a reader that keeps places, and the one emitter of everything rendered.

The reader turns text into plain data (:class:`Map`, :class:`Seq`, scalars) that remembers file, line and
column of every key and value. The emitter writes plain data so that Go and Python read the same thing back.
Neither knows anything of the spec.
"""

from cozygen.yamlio.document import Chunk, Document
from cozygen.yamlio.emitter import ConstantMap, ConstantSeq, dump, dump_all
from cozygen.yamlio.node import Map, Origin, Seq, deep_place, forgone, key_place, value_place
from cozygen.yamlio.reader import cut, read_chunk, read_documents

__all__ = [
    "Chunk",
    "ConstantMap",
    "ConstantSeq",
    "Document",
    "Map",
    "Origin",
    "Seq",
    "cut",
    "deep_place",
    "dump",
    "dump_all",
    "forgone",
    "key_place",
    "read_chunk",
    "read_documents",
    "value_place",
]
