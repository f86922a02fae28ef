"""A file of any kind becomes a text table, in a process with limits."""
