"""Where everything is: the environment, read in one place.

A `Settings` is a frozen value made by `current()`. Folders under the data root are
its properties, so that a path is spelt once; nothing else reads `os.environ`, except
`connections.airflow`, which looks up connections by the names that Airflow uses.
"""

import os
from dataclasses import dataclass
from pathlib import Path

from guiji.core.errors import UsageError

HOME = Path(__file__).parents[3]
ENGINES = ("duckdb", "spark")
KEEP_DAYS = 30
INBOX_ENTRIES = 20_000
FILE_BYTES = 1 << 30
KEEP_DOCS_NIGHTS = 31
WATCH_MINUTES = 10
LOCK_WAIT_SECONDS = 600
WAVE_ROWS = 50_000
LEAST_MEMORY_MB, MOST_MEMORY_MB = 2048, 16_384
CONTAINER_MEMORY = Path("/sys/fs/cgroup/memory.max")
"""Where the system tells a container its limit: bytes, or `max`."""


@dataclass(frozen=True)
class Settings:
    """The settings of one run.

    Attributes:
        home: the checkout, holds `sql/`.
        data: root of all state.
        jurisdiction: id of the catalogue in use, a folder under `catalog`.
        ledger_url: SQLAlchemy URL of the ledger.
        catalog: folder of all jurisdictions' catalogues; `expectations/` and
            `sql/extracts/` beside it belong to them; where they are missing, those
            of the checkout count.
        person_key: key of the hash under which natural persons are kept; None = the
            key file of the data folder.
        warehouse_url: URL of the warehouse's tables in an object store; None = the
            data folder.
        engine: `duckdb` or `spark`: what runs the merge and the publication.
        spark_remote: address of the Spark engine, e.g. `sc://spark:15002` or
            `local[2]`; None = a Spark Connect server inside the process.
        keep_days: days for which files that no version needs any more are kept.
        keep_originals_days: days for which the bytes of deliveries are kept; None =
            for ever.
        keep_publication_days: days for which full files of a publication are kept;
            manifests and deltas stay; None = for ever.
        keep_batches_days: days for which the rows of a delivery are kept as they were
            read and typed; findings and verdict stay; None = for ever.
        keep_reports_days: days for which circulars are kept as pages and workbooks;
            figures and breaches stay; None = for ever.
        settle_seconds: for which a dropped file must not change before it is taken;
            None = what suits the inbox, a folder of this machine or an SFTP server.
        inbox_entries: files and folders above which a department's inbox is left
            alone and reported.
        keep_docs_nights: nights, counted from the latest, whose evidence pages and
            pages of rules are kept.
        lock_wait_seconds: for which a stage of a night waits for another one; then it
            is refused.
        check_tasks: tasks over which a night's deliveries are spread; the default is
            one per core of this machine.
        wave_rows: rows of deliveries that a task judges together.
        engine_memory_mb: most memory of the SQL engine of a task, in MiB; the default
            is an eighth of this machine's, at least 2 and at most 16 GiB.
        file_bytes: size above which a file is left alone and reported; the default is
            the largest that any reader takes.
    """

    home: Path
    data: Path
    jurisdiction: str
    ledger_url: str
    catalog: Path
    person_key: str | None = None
    warehouse_url: str | None = None
    engine: str = "duckdb"
    spark_remote: str | None = None
    keep_days: int = KEEP_DAYS
    keep_originals_days: int | None = None
    keep_publication_days: int | None = None
    keep_batches_days: int | None = None
    keep_reports_days: int | None = None
    settle_seconds: float | None = None
    inbox_entries: int = INBOX_ENTRIES
    file_bytes: int = FILE_BYTES
    keep_docs_nights: int = KEEP_DOCS_NIGHTS
    lock_wait_seconds: int = LOCK_WAIT_SECONDS
    check_tasks: int = 2
    wave_rows: int = WAVE_ROWS
    engine_memory_mb: int = LEAST_MEMORY_MB

    @property
    def inbox(self) -> Path:
        """What departments drop, one folder each."""
        return self.data / "inbox"

    @property
    def outbox(self) -> Path:
        """What departments get back, one folder each, one per night inside."""
        return self.data / "outbox"

    @property
    def landing(self) -> Path:
        """Original bytes under their SHA-256, never changed."""
        return self.data / "landing"

    @property
    def objections(self) -> Path:
        """Evidence that came with answers to objections, one folder for each."""
        return self.data / "objections"

    @property
    def batches(self) -> Path:
        """What became of each delivery, one folder per batch."""
        return self.data / "batches"

    @property
    def warehouse(self) -> Path:
        """The Parquet warehouse, or what stays here of one in an object store."""
        return self.data / "warehouse"

    @property
    def register(self) -> Path:
        """Known enterprises as checks look them up; may be removed any time."""
        return self.data / ".register"

    @property
    def conditions(self) -> Path:
        """Conditions of rules as they were compiled last; may be removed any time."""
        return self.data / ".conditions"

    @property
    def deadlines(self) -> Path:
        """What each night's breaches were computed from; may be removed any time."""
        return self.data / ".deadlines"

    @property
    def quarantine(self) -> Path:
        """Every row that was not merged, with its reason."""
        return self.data / "quarantine"

    @property
    def publication(self) -> Path:
        """Released publications, one folder per night."""
        return self.data / "publication"

    @property
    def reports(self) -> Path:
        """Circulars and breach lists, one folder per night."""
        return self.data / "reports"

    @property
    def catalogues(self) -> Path:
        """Every version of a catalogue that a night used, by jurisdiction."""
        return self.data / "catalogues"

    @property
    def proposed_changes(self) -> Path:
        """Proposed changes of a catalogue as they came in, by jurisdiction."""
        return self.data / "catalogue-changes" / "proposed"

    @property
    def accepted_changes(self) -> Path:
        """Accepted changes of a catalogue, each in force from a day."""
        return self.data / "catalogue-changes" / "accepted"

    @property
    def checked_catalogues(self) -> Path:
        """Catalogues that were read and checked; may be removed any time."""
        return self.data / ".catalogues"

    @property
    def calendars(self) -> Path:
        """Every version of the working-day calendar that a night used."""
        return self.data / "calendars"

    @property
    def dashboards(self) -> Path:
        """Static pages for auditors, one folder per night."""
        return self.data / "dashboards"

    @property
    def sources(self) -> Path:
        """File databases that stand in for departments' systems."""
        return self.data / "sources"

    @property
    def sql(self) -> Path:
        """SQL models."""
        return self.home / "sql"

    @property
    def expectations(self) -> Path:
        """Rules across items, one folder per jurisdiction."""
        return self._beside_catalog("expectations")

    @property
    def extracts(self) -> Path:
        """Queries of extracts, one folder per jurisdiction."""
        return self._beside_catalog("sql/extracts")

    def _beside_catalog(self, name: str) -> Path:
        """Return a catalogue's own folder, or the checkout's where it has none."""
        own = self.catalog.parent / name
        return own if own.is_dir() else self.home / name


def current() -> Settings:
    """Read the environment; an empty variable counts as absent."""
    home = Path(os.environ.get("GUIJI_HOME") or HOME).resolve()
    data = Path(os.environ.get("GUIJI_DATA") or home / "data").resolve()
    return Settings(
        home=home,
        data=data,
        jurisdiction=os.environ.get("GUIJI_JURISDICTION") or "guiyang",
        ledger_url=os.environ.get("GUIJI_LEDGER_URL")
        or f"sqlite:///{data / 'ledger.db'}",
        catalog=Path(os.environ.get("GUIJI_CATALOG") or home / "catalog").resolve(),
        person_key=os.environ.get("GUIJI_PERSON_KEY") or None,
        warehouse_url=os.environ.get("GUIJI_WAREHOUSE") or None,
        engine=_engine(os.environ.get("GUIJI_ENGINE") or ENGINES[0]),
        spark_remote=os.environ.get("GUIJI_SPARK_REMOTE") or None,
        keep_originals_days=_optional("GUIJI_KEEP_ORIGINALS_DAYS", "days"),
        keep_publication_days=_optional("GUIJI_KEEP_PUBLICATION_DAYS", "days"),
        keep_batches_days=_optional("GUIJI_KEEP_BATCHES_DAYS", "days"),
        keep_reports_days=_optional("GUIJI_KEEP_REPORTS_DAYS", "days"),
        keep_days=_number("GUIJI_KEEP_DAYS", "days", KEEP_DAYS),
        settle_seconds=_optional("GUIJI_SETTLE_SECONDS", "seconds"),
        inbox_entries=_number("GUIJI_INBOX_ENTRIES", "entries", INBOX_ENTRIES),
        file_bytes=_number("GUIJI_FILE_BYTES", "bytes", FILE_BYTES),
        keep_docs_nights=_number("GUIJI_KEEP_DOCS_NIGHTS", "nights", KEEP_DOCS_NIGHTS),
        lock_wait_seconds=_number(
            "GUIJI_LOCK_WAIT_SECONDS", "seconds", LOCK_WAIT_SECONDS
        ),
        check_tasks=max(1, _number("GUIJI_CHECK_TASKS", "tasks", _cores())),
        wave_rows=max(1, _number("GUIJI_WAVE_ROWS", "rows", WAVE_ROWS)),
        engine_memory_mb=max(
            256, _number("GUIJI_ENGINE_MEMORY_MB", "MiB", _engine_memory_mb())
        ),
    )


def watch_minutes() -> int:
    """Return the minutes between two listings of the inboxes; at least one."""
    return max(1, _number("GUIJI_WATCH_MINUTES", "minutes", WATCH_MINUTES))


def _cores() -> int:
    """Return the cores that this process may use."""
    return len(os.sched_getaffinity(0))


def _engine_memory_mb() -> int:
    """Return an eighth of the memory of this machine or container, within bounds."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    if CONTAINER_MEMORY.exists():
        limit = CONTAINER_MEMORY.read_text("ascii").strip()
        memory = min(memory, int(limit)) if limit.isdigit() else memory
    return min(max(memory >> 23, LEAST_MEMORY_MB), MOST_MEMORY_MB)


def _engine(chosen: str) -> str:
    if chosen not in ENGINES:
        raise UsageError(f"GUIJI_ENGINE is {chosen!r}; choose one of {ENGINES}")
    return chosen


def _number(name: str, of: str, default: int) -> int:
    chosen = _optional(name, of)
    return default if chosen is None else chosen


def _optional(name: str, of: str) -> int | None:
    chosen = os.environ.get(name)
    if not chosen:
        return None
    if not chosen.isdecimal():
        raise UsageError(f"{name} is {chosen!r}; give a number of {of}")
    return int(chosen)
