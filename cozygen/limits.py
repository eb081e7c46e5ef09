"""Limits that those who open files and those who read text agree on."""

MAX_BYTES = 64 * 1024 * 1024
"""The size of a file of the spec; whoever reads files reads one byte more at most."""
