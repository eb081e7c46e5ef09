"""Checks of what becomes of the inventory: Talos' machine configuration.

``versions`` looks at what is asked for, ``agreement`` at what the inventory and the Platform both say, and
``patches`` at each node's patch and at the complete configuration that it makes. The rules in ``rules`` are
those that Talos' own validation applies to a configuration, whoever wrote it (facts: talos 6.1).
"""
