"""The spec: what people write, read into typed, layered, blueprint-free entries.

Takes bytes of files and gives entries plus diagnostics. Nothing here knows what the entries mean on the
platform; that is linking's work (``cozygen.platform``).
"""
