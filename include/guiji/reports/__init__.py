"""The circular (通报) and the dashboards, from tables that are already there."""
