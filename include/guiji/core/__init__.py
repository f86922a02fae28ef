"""Settings, errors, files, business date, schemas and locks."""
