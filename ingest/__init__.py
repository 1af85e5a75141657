"""From dock to receipt; `pipeline.py` is read first."""
