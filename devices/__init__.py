"""Recorders and docks: what cards claim about themselves, and which recorders are known."""
