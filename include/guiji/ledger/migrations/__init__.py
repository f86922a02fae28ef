"""Migrations of the ledger, applied when it is opened."""

HEAD = "0007"
"""The newest revision; a ledger that has it is opened without loading Alembic."""
