"""Text files to records, line by line."""
