"""Deliveries come in: inboxes, SFTP, database extracts, landing."""
