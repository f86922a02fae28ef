"""Seeded drops of a whole jurisdiction with known faults; the product imports none."""
