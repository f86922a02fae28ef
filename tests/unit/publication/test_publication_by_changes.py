"""A publication of the changes alone is, byte for byte, that of every line.

Two houses read the same warehouse night after night. One publishes what changed since
its last release, the other computes every line; a random walk changes the records.
"""

import random
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import drawn
import pyarrow.parquet as pq
import pytest
from warehouse_world import (
    ECOLOGY,
    PAPER,
    POWER,
    REGISTRAR,
    WATER,
    World,
    catalog,
    licence,
    penalty,
    registration,
    repair,
    tree,
)

from guiji.context import Context
from guiji.core.errors import PublicationHalted
from guiji.core.settings import Settings
from guiji.domain.objections import Act, Move, Objection
from guiji.ledger import objections
from guiji.publication import (
    class_verification,
    publish,
    release_tables,
    verification,
)
from guiji.storage import publication_log
from guiji.warehouse import compaction

PENALTIES = "administrative_penalty"
LICENCES = "administrative_licence"
REPAIRS = "credit_repair"
REGISTRATIONS = "enterprise_registration"
START = date(2026, 3, 27)
"""Five nights before another regime of terms comes into force."""

LISTED = """
    select 'published' as view, published::varchar as line from published
    union all select 'withheld', withheld::varchar from withheld order by all
"""
NIGHTS = 10
SUBJECTS = [WATER, POWER, PAPER, "12520100714305803A", None]
"""Enterprises, an institution, and a natural person, whom one channel shows."""

NAMES = [
    "水务公司",
    '水务"甲",\n"乙"公司',
    "水务公司13985033002",
    "水务,公司",
    "\n",
    " ",
]
"""Names that need quotes or hold a line break, and one that reveals a person."""


MARKED = {
    "jurisdiction": {
        "objections": {"office": REGISTRAR, "mark": True, "clause": "第二十四条"}
    }
}
OBJECTED = catalog(**MARKED, credit_repair={})
"""The small jurisdiction, which handles objections, marks what is objected to, and has
repairs."""


class Walk:
    """What departments deliver, drawn at random."""

    def __init__(self, seed: int) -> None:
        self.draw = random.Random(seed)
        self.rows: dict[str, list[dict[str, Any]]] = {}
        self.repaired: list[dict[str, Any]] = []

    def penalties(self) -> list[dict[str, Any]]:
        """New ones, corrections, revocations and what was delivered before."""
        known = self.rows.setdefault(PENALTIES, [])
        rows = [
            self._penalty(f"{len(known)}-{n}号") for n in range(self.draw.randrange(5))
        ]
        again = self.draw.sample(known, min(len(known), self.draw.randrange(7)))
        rows += [self.draw.choice(self._changes)(row) for row in again]
        known[:] = [*{r["decision_no"]: r for r in (*known, *rows)}.values()]
        return rows

    def _penalty(self, number: str) -> dict[str, Any]:
        years, day = self.draw.choice([1, 1, 3, 3, 0]), self.draw.randrange(NIGHTS)
        decided = (START + timedelta(days=day)).replace(year=START.year - years)
        subject = self.draw.choice(SUBJECTS)
        person = {} if subject else {"counterpart_id_no": "11010519491231002X"}
        category = self.draw.choice(["罚款", "罚款", "责令关闭", "警告", "警告；罚款"])
        ends = self.draw.choice([None, START + timedelta(days=day)])
        return penalty(
            subject,
            number,
            str(decided),
            penalty_category=category,
            publicity_ends_on=ends,
            counterpart_name=self.draw.choice(NAMES),
            **person,
        )

    @property
    def _changes(self) -> list[Callable[[dict[str, Any]], dict[str, Any]]]:
        draw = self.draw
        return [
            lambda row: row,
            lambda row: row | {"counterpart_name": draw.choice(NAMES)},
            lambda row: row | {"remark": f"不公示 {draw.random()}"},
            lambda row: row | {"penalty_category": draw.choice(["罚款", "责令关闭"])},
            lambda row: row | {"operation": "revoke"},
            lambda row: row | {"operation": "restore"},
        ]

    def repairs(self, night: date) -> list[dict[str, Any]]:
        """Repairs of known penalties and of unknown ones; refused, corrected to name
        another one, revoked."""
        penalties, rows = self.rows.get(PENALTIES, []), []
        for row in self.draw.sample(penalties, min(len(penalties), 3)):
            number = self._of([row["decision_no"], row["decision_no"], "0号"])
            person = {"counterpart_id_no": row.get("counterpart_id_no")}
            made = repair(
                row["uscc"], f"修{len(self.repaired)}", number, str(night), **person
            )
            self.repaired.append(made)
            rows.append(
                made | {"repair_outcome": self._of(["准予修复"] * 4 + ["不予修复"])}
            )
        for made in self.draw.sample(self.repaired, min(len(self.repaired), 2)):
            change = self._of([{"operation": "revoke"}, {"repaired_number": "1-0号"}])
            if made not in rows:
                rows.append(made | change)
        return [*{row["repair_no"]: row for row in rows}.values()]

    def licences(self) -> list[dict[str, Any]]:
        """A full delivery: what it lacks is revoked."""
        ends = [None, "长期", *(START + timedelta(days=n) for n in range(NIGHTS))]
        return [
            licence(self.draw.choice(SUBJECTS[:3]), f"{n}", valid_until=self._of(ends))
            for n in range(6)
            if self.draw.random() < 0.7
        ]

    def _of(self, values: list[Any]) -> Any:
        return self.draw.choice(values)

    def registrations(self) -> list[dict[str, Any]]:
        return [
            registration(
                self._of(NAMES), code, "2026-01-05", capital=self._of(["1", "2.50"])
            )
            for code in (WATER, POWER)
        ]


class Houses:
    """One that publishes by changes, and one that computes all of the same tables."""

    def __init__(self, settings: Settings) -> None:
        other = replace(settings, data=settings.data.with_name("other"))
        self.changes, self.all = World(settings, OBJECTED), World(other, OBJECTED)

    def object(self, night: date, walk: Walk) -> None:
        """Uphold an objection to some record, or record one's correction."""
        rows = self.changes.ask(
            "select record_id, dataset, owner, version_id from records order by all"
        )
        ledger, draw = self.changes.context.ledger, walk.draw
        for record in draw.sample(rows, min(len(rows), draw.randrange(3))):
            name, dataset, owner, version = record
            first = Act(Move.OPEN, night, "", "李四", "")
            wanted = Objection(
                *("", dataset, name, version, owner, None, "", str(draw.random())),
                *("", "", (first,)),
            )
            opened, _ = objections.open_objection(ledger, wanted)
            for move in draw.choice([(Move.ACCEPT,), (Move.ACCEPT, Move.OWN_ERROR)]):
                objections.move(ledger, opened.number, replace(first, move=move))
        for waiting in objections.every(ledger):
            if waiting.awaits_correction and draw.random() < 0.3:
                corrected = Act(Move.CORRECT, night, "", "李四", "")
                objections.move(ledger, waiting.number, corrected)

    def merge(self, night: date, walk: Walk) -> None:
        world, draw = self.changes, walk.draw
        batches = [
            world.deliver(
                night, PENALTIES, walk.penalties(), draw.choice([REGISTRAR, ECOLOGY])
            )
        ]
        if draw.random() < 0.6:
            batches.append(world.deliver(night, REPAIRS, walk.repairs(night)))
        if draw.random() < 0.3:
            batches.append(world.deliver(night, LICENCES, walk.licences()))
        if draw.random() < 0.3:
            batches.append(world.deliver(night, REGISTRATIONS, walk.registrations()))
        world.merge(night, *(batches if draw.random() < 0.85 else []))
        self._share()

    def _share(self) -> None:
        """Let both read the same tables; indexes and releases are each one's own."""
        mine = {*publication_log.TABLES, "releases"}
        to = self.all.settings.warehouse
        to.mkdir(parents=True, exist_ok=True)
        for table in self.changes.settings.warehouse.iterdir():
            link = to / table.name
            if (
                table.is_dir()
                and table.name[0] != "."
                and table.name not in mine
                and not link.exists()
            ):
                link.symlink_to(table)

    def publish(self, night: date) -> str:
        """Publish in both; return why neither was released, or nothing."""
        reasons = {
            _published(self.changes, night),
            _published(self.all, night, in_full=True),
        }
        (reason,) = reasons
        return reason

    def compare(self, night: date) -> None:
        """Demand the same files and the same index."""
        assert shown(self.changes) == shown(self.all)
        assert self.changes.ask(LISTED) == self.all.ask(LISTED), night

    def verify(self) -> None:
        """Demand that the audit, which replays by other means, has nothing to say."""
        assert verification.find_problems(self.changes.settings, ()) == []
        assert class_verification.find_problems(self.changes.context) == []


def _published(world: World, night: date, *, in_full: bool = False) -> str:
    try:
        publish.publish(world.context.at(night), in_full=in_full)
    except PublicationHalted as halted:
        return str(halted)
    return ""


def shown(world: World) -> dict[str, str]:
    """Every published file with its hash."""
    root = world.settings.publication
    return {str(Path(p).relative_to(root)): h for p, h in tree(root).items()}


@pytest.mark.parametrize("seed", range(drawn.examples(1)))
def test_a_walk_of_nights_gives_the_same_bytes_as_computing_everything(
    settings: Settings,
    seed: int,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level("INFO", "guiji.publication.publish")
    houses, walk = Houses(settings), Walk(seed)
    for number in range(NIGHTS):
        night = START + timedelta(days=number)
        houses.merge(night, walk)
        houses.object(night, walk)
        # First changes lie in many files beside the base, then they become one.
        monkeypatch.setattr(release_tables, "MOST_CHANGES", 50 if number < 6 else 0.1)
        if number == 4:
            compaction.fold(
                Context(settings, catalog=houses.changes.catalog), PENALTIES
            )
        if number == 6:  # other headings, other limits
            names = {"title": "行政处罚", "aliases": ["行政处罚信息"]}
            entries = {PENALTIES: {"mass_change_limit": 1.0} | names, REPAIRS: {}}
            houses.changes.catalog = houses.all.catalog = catalog(**MARKED, **entries)
        if number == 8:
            _fail_once(houses.changes, night, monkeypatch)
        if number in (2, 7):
            continue  # not published yet
        if number == 8:  # published when the next night is merged already
            houses.publish(night - timedelta(days=1))
        if not houses.publish(night):
            houses.compare(night)
    publish.publish(houses.changes.context.at(night))  # changes nothing
    houses.compare(night)
    houses.verify()
    ways = [r.getMessage().rsplit(" ", 1)[1] for r in caplog.records]
    assert ways.count("changes") >= 6  # neither the first night nor a new catalogue


def test_a_large_index_is_sorted_part_by_part(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    houses, walk = Houses(settings), Walk(3)
    for number in range(4):
        night = START + timedelta(days=number)
        houses.merge(night, walk)
        with monkeypatch.context() as patched:
            patched.setattr(release_tables, "SORTED_ROWS", 2)
            patched.setattr(release_tables, "MOST_CHANGES", 0)
            assert not _published(houses.changes, night)
        assert not _published(houses.all, night, in_full=True)
        houses.compare(night)
    folder = publication_log.table_folder(houses.changes.settings, "published")
    for path in sorted(folder.glob("*.parquet")):
        index = pq.ParquetFile(path)
        rows = index.read(["dataset", "record_id", "channel"]).to_pylist()
        assert rows == sorted(rows, key=lambda row: tuple(row.values()))
    assert index.num_row_groups > 2  # of a base file that was written anew


def _fail_once(world: World, night: date, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a publication end before its release, with everything written."""
    with monkeypatch.context() as patched:

        def fail(*_: object) -> None:
            raise OSError("no space left")

        patched.setattr(publication_log, "write_release", fail)
        with pytest.raises(OSError, match="no space left"):
            publish.publish(world.context.at(night))
