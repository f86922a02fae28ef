"""Workbooks to text, cell by cell."""
