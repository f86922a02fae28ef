"""Inboxes and outboxes on departments' SFTP servers."""
