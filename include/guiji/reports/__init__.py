"""Deadlines, circular (通报), dashboards, pages of rules and of the catalogue."""
