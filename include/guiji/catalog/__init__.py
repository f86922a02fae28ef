"""What may be delivered (采集目录): models, loading, checks of the catalogue."""
