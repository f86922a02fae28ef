"""The newest versions of tables, for a process that asks again and again.

A version is read once; it is the newest as long as the log has no later entry, which
costs two looks at the store instead of a reading of the log.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from guiji.storage.delta import Snapshot

Tag = Callable[[int], str | None]
"""Version -> what tells the bytes of its log entry apart; None = there is no entry."""


class KnownVersions:
    """Keeps the newest version of each table of one store."""

    def __init__(self) -> None:
        self._versions: dict[str, tuple[str, Snapshot]] = {}  # table -> tag, version

    def newest(self, table: str, tag: Tag, read: Callable[[], Snapshot]) -> Snapshot:
        """Return a table's newest version.

        Args:
            table: name of the table.
            tag: of a version's log entry.
            read: reads the newest version from the log.
        """
        kept = self._versions.get(table)
        if kept is not None:
            version = kept[1].version
            if tag(version) == kept[0] and tag(version + 1) is None:
                return kept[1]
        newest = read()
        newest_tag = tag(newest.version)
        if newest_tag is not None:
            self._versions[table] = newest_tag, newest
        return newest
