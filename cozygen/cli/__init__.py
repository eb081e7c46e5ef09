"""The command line: one file a command, each thin: read files, call, print, exit.

Exit codes: 0 fine, 1 the spec or the output is at fault, 2 wrong use, 3 something outside failed.
"""
