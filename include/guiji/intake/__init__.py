"""Deliveries come in by file and by extract; receipts go out."""
