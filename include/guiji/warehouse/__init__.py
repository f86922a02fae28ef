"""Accepted rows become versions of records; the register and the queries over them."""
