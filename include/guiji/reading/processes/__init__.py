"""One process per file, which may die without harm."""
