"""What a Cozystack release offers: applications, packages, bundles; import and comparison of releases.

The data itself ships in ``bundles/<version>``; :func:`cozygen.catalog.load.load_release` hands it out.
Nothing here knows of a spec.
"""
