"""Runs the SQL models on DuckDB in the process, or on what speaks Spark."""
