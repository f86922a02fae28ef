"""What the public may see, proven before it is released."""
