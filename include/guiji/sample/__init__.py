"""Seeded, realistic drops of a whole jurisdiction, with known faults."""
