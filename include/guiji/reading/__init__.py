"""Files of any kind become text with the address of every cell."""
