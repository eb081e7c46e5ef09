"""The machines of the management cluster and their network, as the inventory describes them.

Neutral of any form of machine configuration: ``layers`` puts defaults, groups and nodes together,
``profiles`` knows what a provider's machines have in common, ``network`` gives each node its links, ``disks``
its disks, and ``cluster`` what holds for all of them. What is wrong with any of it is for the checks to say.
"""
