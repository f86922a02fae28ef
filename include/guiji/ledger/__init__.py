"""State and trace in a database: nights, deliveries, locks, a hash-chained trace."""
