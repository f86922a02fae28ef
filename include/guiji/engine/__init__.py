"""One SQL text, several engines: DuckDB in the process, or whatever speaks Spark."""
