"""Guiji 归集: the nightly batch ETL of enterprise credit information.

The way of a batch: `intake` → `reading` → `parsing` → `checking` → `warehouse` →
`publication` → `reports`; `outbox` answers the departments. `pipeline` is the one door:
DAG files and the command line call nothing else.
"""

__version__ = "0.1.0"
