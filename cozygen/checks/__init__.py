"""Checks over the linked platform: one file a family, each check a generator of diagnostics.

A *tenant check* takes a tenant and the site; it may look at the tenant's ancestors, never at other tenants.
A *platform check* takes the whole platform. ``run`` has the tuple of all of them.
"""
