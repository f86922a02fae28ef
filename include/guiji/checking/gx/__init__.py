"""Judging with Great Expectations: its expectations, verdicts and evidence."""
