"""What plays the controllers that no module provides; each does what a test can see of the real one, no more.

None of them knows anything of cozygen's output: they read the objects that Flux applied, and what the release
ships.
"""
