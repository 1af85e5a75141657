"""Command line, settings, clock, and the one composition root."""
