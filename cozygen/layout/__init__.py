"""From objects to a repository: which Flux Kustomization applies what, after what, in which files.

Pure: gives a :class:`~cozygen.layout.tree.Tree` of bytes. ``part`` says what one Kustomization applies,
``platform_parts`` and ``tenant_parts`` cut the platform into parts, ``mode`` and ``groups`` choose how
tenants map to sources by the platform's size, ``flux`` writes the Flux objects, ``compose`` the files.
"""
