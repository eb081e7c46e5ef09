"""Lowering: the platform to Kubernetes objects.

Objects are plain dicts, built by small functions, one family a file. Nothing here knows of files, directories
or Flux Kustomizations: that is ``cozygen.layout``.
"""
