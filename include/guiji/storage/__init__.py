"""Delta tables, their files and versions, in a folder or in an object store."""
