"""What happened, in a database: nights, deliveries and the hash-chained trace."""
