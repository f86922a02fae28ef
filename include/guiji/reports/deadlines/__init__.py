"""Clocks of the law, and who missed them."""
