"""The catalogue in formats that other systems read, made from its models alone."""
