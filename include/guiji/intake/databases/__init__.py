"""Extracts from departments' databases."""
