"""The linked model: what the spec means on the targeted release, typed, resolved and immutable.

``link`` turns entries into a :class:`Platform`: one :class:`Site` (everything but the tenants) and the tree
of tenants with namespaces, hosts, service pointers, apps and members. Checks, lowering and all later passes
read only this.
"""

from cozygen.platform.model import Platform, Site
from cozygen.platform.tenant import App, Member, Pointers, SecretUse, Service, Tenant

__all__ = ["App", "Member", "Platform", "Pointers", "SecretUse", "Service", "Site", "Tenant"]
