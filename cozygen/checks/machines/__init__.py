"""Checks of the inventory beyond identity: groups, links, routes, the endpoint, disks.

One file a concern; ``all_of`` in ``inventory`` runs them. What a group or the defaults give to forty nodes is
wrong once, not forty times (``gather``).
"""
