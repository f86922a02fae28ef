"""Settings, errors, files, business date, schemas and locks: the ground floor."""
