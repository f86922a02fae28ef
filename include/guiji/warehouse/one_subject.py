"""An engine that keeps one subject's rows, so that many questions cost one look.

Whoever asks everything about one enterprise asks each dataset several times. Here the
rows of the subject are taken out of the files once, when they are bound; what is asked
afterwards is asked of a few rows in memory.
"""

from collections.abc import Mapping, Sequence

from guiji.engine.duck import DuckEngine, connect
from guiji.engine.sql import literal
from guiji.engine.sql import name as quoted
from guiji.warehouse.columns import ROW_ID


class OneSubject(DuckEngine):
    """DuckDB over the rows of one subject; files without subjects are as ever."""

    def __init__(self, subject: str) -> None:
        super().__init__(connect())
        self._subject = literal(subject)
        self._found: list[int] = []  # numbers in the versions that were bound last

    def files(
        self, name: str, paths: Sequence[str], columns: Mapping[str, str]
    ) -> None:
        """See `Engine.files`; only the subject's versions, and what ended them."""
        if not paths or ROW_ID not in columns:
            super().files(name, paths, columns)
        if not paths and "subject" in columns:
            self._found = []
        elif paths and ROW_ID in columns:
            self._keep(name, paths, columns)

    def _keep(
        self, table: str, paths: Sequence[str], columns: Mapping[str, str]
    ) -> None:
        """Look for the numbers first: a file is sorted by subject or by number."""
        whole = f"{table}_files"
        super().files(whole, paths, columns)
        which = "true"
        if "subject" in columns:
            which = f"subject = {self._subject}"
            rows = self.fetch(f"select {ROW_ID} from {quoted(whole)} where {which}")
            self._found = rows[ROW_ID].to_pylist()
        among = ", ".join(str(number) for number in self._found) or "null"
        self.keep(
            table,
            f"select * from {quoted(whole)} where {which} and {ROW_ID} in ({among})",
        )
