"""pyarrow without pandas, which it loads with its first array if it is installed.

That costs a second of CPU in every process, and in most nothing needs it.
"""

import sys
from collections.abc import Sequence
from importlib.machinery import ModuleSpec
from types import ModuleType


class _Absent:
    """Says of pandas that it is not installed."""

    def find_spec(
        self,
        name: str,
        path: Sequence[str] | None = None,
        target: ModuleType | None = None,
    ) -> ModuleSpec | None:
        if name == "pandas" or name.startswith("pandas."):
            raise ModuleNotFoundError(name, name=name)
        return None


def settle() -> None:
    """Make pyarrow cache that there is no pandas: it looks once in a process.

    Whoever imports pandas afterwards gets it, and pyarrow converts its frames.
    """
    import pyarrow as pa  # noqa: PLC0415 - not before it is needed

    absent = _Absent()
    sys.meta_path.insert(0, absent)
    try:
        pa.array(())
    finally:
        sys.meta_path.remove(absent)
