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
        if "subject" in columns:
            self._keep_versions(name, paths, columns)
        elif ROW_ID in columns:
            self._keep(name, paths, columns, "true", self._found)
        else:
            super().files(name, paths, columns)

    def _keep_versions(
        self, table: str, paths: Sequence[str], columns: Mapping[str, str]
    ) -> None:
        """Look for the numbers first: a file is sorted by subject or by number."""
        which = f"subject = {self._subject}"
        narrow = {ROW_ID: columns[ROW_ID], "subject": columns["subject"]}
        super().files("looked_through", paths, narrow)
        rows = self.fetch(f"select {ROW_ID} from looked_through where {which}")
        self._found = rows[ROW_ID].to_pylist()
        self._keep(table, paths, columns, which, self._found)

    def _keep(
        self,
        table: str,
        paths: Sequence[str],
        columns: Mapping[str, str],
        which: str,
        numbers: Sequence[int],
    ) -> None:
        """Keep the rows of some numbers; without any, no file is opened."""
        whole = f"{table}_files"
        super().files(whole, paths if numbers else (), columns)
        among = ", ".join(str(number) for number in numbers) or "null"
        self.keep(
            table,
            f"select * from {quoted(whole)} where {which} and {ROW_ID} in ({among})",
        )
