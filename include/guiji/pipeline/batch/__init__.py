"""What becomes of one delivery, from its file to its receipt."""
