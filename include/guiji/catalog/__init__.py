"""The collection catalogue (采集目录): models, loading, its pages and templates."""
