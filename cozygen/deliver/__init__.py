"""Where rendered trees go. This package does input and output; it neither prints nor exits.

``directory`` writes a tree into a directory and says what a write would do; ``directory_compare`` says
whether a directory is exactly a tree. The other ``directory_*`` modules are their parts, one idea each.
"""
