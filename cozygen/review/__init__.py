"""What differs, as data: between two trees, and between what the spec compiles to and what is there.

Pure: bytes and objects in, records and text out. ``objects`` reads manifests, ``changes`` compares trees
object by object, ``attribution`` says whose an object is, ``summary`` words it for commits and proposals,
``drift`` and its parts compare with a cluster or a branch, ``effect`` and ``owners`` serve delegation.
"""
