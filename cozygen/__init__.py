"""cozygen compiles a declarative spec of a Cozystack cloud into the repository that Flux reconciles.

The data flow is one way: read, link, check, lower, lay out, deliver. Everything up to and including
*lay out* is pure: the same inputs give the same bytes, with no clock, network, randomness, environment,
subprocess or file access. Only ``cozygen.cli`` and ``cozygen.deliver`` touch the world.
"""

__version__ = "0.1.0"
