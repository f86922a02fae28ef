"""A database for readers' own SQL: it holds the public views and no other relation.

What a public view is made of stands inside its definition, as common table expressions
that no query outside can name. So whatever names a reader writes, a hidden relation
cannot be meant: there is none.
"""

import re
from collections.abc import Collection

import duckdb

from guiji.engine.duck import DuckEngine
from guiji.engine.sql import name as quoted

_WORD = re.compile(r"\w+")


class ReaderEngine(DuckEngine):
    """An engine whose views other than the public ones exist in definitions only."""

    def __init__(
        self, connection: duckdb.DuckDBPyConnection, public: Collection[str]
    ) -> None:
        """Begin with no view.

        Args:
            connection: an open database, without relations.
            public: names of the views that readers may name.
        """
        super().__init__(connection)
        self._public = frozenset(public)
        self._hidden: dict[str, str] = {}  # name -> query, each after those it reads

    def view(self, name: str, query: str) -> None:
        """See `Engine.view`; one that is not public is kept as text."""
        if name not in self._public:
            self._hidden.pop(name, None)
            self._hidden[name] = query
            return
        needed = self._needed(query)
        within = ",\n".join(
            f"{quoted(hidden)} as not materialized (\n{self._hidden[hidden]}\n)"
            for hidden in self._hidden
            if hidden in needed
        )
        text = (
            f"with {within}\nselect * from (\n{query}\n) as made" if within else query
        )
        super().view(name, text)

    def _needed(self, query: str) -> set[str]:
        """Name the hidden views that a query reads, and those that these read."""
        needed: set[str] = set()
        queries = [query]
        while queries:
            words = set(_WORD.findall(queries.pop()))
            for relation in (words & self._hidden.keys()) - needed:
                needed.add(relation)
                queries.append(self._hidden[relation])
        return needed
