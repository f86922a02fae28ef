"""Guiji 归集: the nightly batch ETL of enterprise credit information.

The way of a batch: `intake` → `reading` → `parsing` → `checking` → `warehouse` →
`publication` → `reports`; `outbox` answers the departments. `pipeline` is the one door:
DAG files and the command line call nothing else.
"""

import os

__version__ = "0.1.0"

# openpyxl asks this once, when it is imported. With lxml, which the circular's library
# brings along, it writes other bytes and takes half as long again.
os.environ.setdefault("OPENPYXL_LXML", "False")
