"""Delta tables, their files and commits, in a folder or in an object store."""
