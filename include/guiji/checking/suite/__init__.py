"""What the rules of a dataset are, what they say, and where they come from."""
