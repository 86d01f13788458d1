"""The official validators, as development dependencies: each runs a whole batch in one process of its own."""
