"""Accepted rows become versions of records; nothing is ever overwritten."""
