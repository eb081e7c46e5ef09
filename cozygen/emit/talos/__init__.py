"""Machines to Talos machine configuration: patches without secrets, and what else a machine needs to start.

``contract`` picks the emitter of the targeted form; ``v1_13`` puts a node's documents together from one file a
concern (machine, control_plane, links, system, registries, volumes), ``patches`` lays raw patches over them,
``base`` and ``merge`` make a complete configuration of such a patch and the cluster's secrets. Pure throughout:
secrets are handed in and handed on, never made or read here.
"""
