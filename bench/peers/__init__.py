"""Other tools on the same work: five releases a tenant, one file a tenant, from input as small as each allows.

A peer is a module with ``NAME``, ``REQUIREMENTS``, ``OUTPUT`` (the directory that it writes), ``CHECKS`` (what it
refuses of its own accord), ``prepare`` (writes its input) and ``command`` (what to run, with the Python that has it).
"""
