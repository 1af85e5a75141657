"""Derivatives: what people look at instead of the original, made in confinement, never evidence."""
