"""`verify` finds each kind of tampering, and nothing where there is none."""

import shutil
from collections.abc import Callable, Sequence
from copy import deepcopy
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
from warehouse_world import (
    FIRST,
    POWER,
    SECOND,
    THIRD,
    WATER,
    World,
    copied,
    digest,
    penalty,
)

from guiji.catalog.vocabulary import SubjectClass
from guiji.context import Context
from guiji.core import settings as settings_module
from guiji.intake import retention
from guiji.pipeline.verification import verify
from guiji.publication import delta_check, expiry, publish
from guiji.storage import delta_log

PENALTIES = "administrative_penalty"
FOURTH = THIRD + timedelta(days=1)


@dataclass(frozen=True)
class Claimed:
    """A delivery as the ledger has it."""

    batch_id: str | None
    verdict: str | None


@dataclass(frozen=True)
class Traced:
    """A line of the trace."""

    subject: str
    details: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Released:
    """A publication as the ledger has it."""

    night: date
    manifest_sha256: str


@dataclass
class Book:
    """A ledger of which a test can say what stands in it."""

    held: dict[date, list[Claimed]]
    faults: list[str]
    expired: list[str] = field(default_factory=list)
    released: list[Released] = field(default_factory=list)
    unpublished: list[str] = field(default_factory=list)

    def verify_chain(self) -> list[str]:
        return self.faults

    def nights(self) -> list[date]:
        return list(self.held)

    def publications(self) -> list[Released]:
        return self.released

    def deliveries(self, night: date) -> Sequence[Claimed]:
        return self.held[night]

    def entries(self, kind: str) -> Sequence[Traced]:
        if kind == expiry.PUBLICATION:
            return [Traced(s) for s in self.unpublished]
        return [Traced(s) for s in self.expired if kind == retention.TRACE]

    def append_once(self, kind: str, subject: str, details: dict[str, Any]) -> bool:
        assert kind == expiry.PUBLICATION
        self.unpublished.append(subject)
        return True


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[World, Book]:
    """Two nights, merged and published; the bytes of each delivery are its batch id."""
    data = tmp_path_factory.mktemp("data")
    world = World(replace(settings_module.current(), data=data))
    book = Book({}, [])
    rows = [penalty(WATER, "1号", "2026-11-02"), penalty(POWER, "2号", "2026-11-02")]
    for night, delivered in ((FIRST, rows[:1]), (SECOND, rows)):
        batch = world.deliver(night, PENALTIES, delivered, quarantined=1)
        sha256 = digest(batch.batch_id)
        original = world.settings.landing / sha256[:2] / sha256 / "original"
        original.parent.mkdir(parents=True)
        original.write_text(batch.batch_id)
        book.held[night] = [
            Claimed(batch.batch_id, "partly"),
            Claimed("again", "duplicate"),
        ]
        world.merge(night, batch)
        publish.publish(world.context.at(night))
        sha256, _ = publish.released(world.settings, night)
        book.released.append(Released(night, sha256))
    return world, book


@pytest.fixture
def book(made: tuple[World, Book]) -> Book:
    return deepcopy(made[1])


@pytest.fixture
def world(made: tuple[World, Book], tmp_path: Path) -> World:
    return copied(made[0], replace(made[0].settings, data=tmp_path / "data"))


def found(world: World, book: Book) -> list[str]:
    return verify(Context(world.settings, catalog=world.catalog, ledger=book))


def alter(path: Path) -> None:
    content = path.read_bytes()
    path.write_bytes(content[:-1] + bytes([content[-1] ^ 1]))


def test_nothing_is_found_where_nothing_was_altered(world: World, book: Book) -> None:
    assert found(world, book) == []


def test_an_empty_platform_is_in_order(tmp_path: Path) -> None:
    settings = replace(settings_module.current(), data=tmp_path / "none")
    assert (
        verify(Context(settings, catalog=World(settings).catalog, ledger=Book({}, [])))
        == []
    )


def rewrite(path: Path) -> None:
    """The same rows in other bytes, as after a quiet edit."""
    pq.write_table(pq.read_table(path), path, compression="none")


VERSIONS = f"warehouse/records/kind=tail/dataset={PENALTIES}/*.parquet"

TAMPERING: list[tuple[str, Callable[[Path], None], str]] = [
    (VERSIONS, alter, "已被改动"),
    (VERSIONS, rewrite, "已被改动"),
    (VERSIONS, Path.unlink, "缺失"),
    ("warehouse/quarantine/*.parquet", Path.unlink, "缺失"),
    (f"warehouse/published/{SECOND}.parquet", alter, "已被改动"),
    (
        f"warehouse/records/{delta_log.log_entry(1)}",
        alter,
        "提交链 records: 提交缺失或损坏",
    ),
    (
        f"warehouse/records/{delta_log.log_entry(1)}",
        Path.unlink,
        "提交链 records: 提交缺失或损坏",
    ),
    (f"warehouse/findings/{delta_log.log_entry(1)}", alter, "提交链 findings"),
    (f"publication/{FIRST}/manifest.json", alter, "manifest.json"),
    (f"publication/{SECOND}/manifest.json", alter, "manifest.json"),
    (f"publication/{FIRST}/full/credit_net/{PENALTIES}.csv", alter, "full/credit_net"),
    (f"publication/{SECOND}/delta/credit_net/{PENALTIES}.csv", Path.unlink, "delta"),
    ("publication/current", Path.unlink, "current"),
]


@pytest.mark.duty("GZ14")
@pytest.mark.parametrize(("name", "tamper", "expected"), TAMPERING)
def test_tampering_is_found(
    world: World, book: Book, name: str, tamper: Callable[[Path], None], expected: str
) -> None:
    tamper(next(world.settings.data.glob(name)))
    problems = found(world, book)
    assert expected in "\n".join(problems)


def test_a_changed_commit_breaks_the_chain(world: World, book: Book) -> None:
    path = world.settings.warehouse / "records" / delta_log.log_entry(1)
    path.write_text(path.read_text().replace('\\"new\\": 1', '\\"new\\": 2'))
    problems = found(world, book)
    assert problems == ["提交链 records: 第 2 个提交之前的提交已被改动"]


def test_a_version_that_no_merge_tells_of_is_found(world: World, book: Book) -> None:
    # The last commit has none after it that would hold its hash.
    path = world.settings.warehouse / "records" / delta_log.log_entry(2)
    path.write_text(path.read_text().replace('\\"new\\": 1', '\\"new\\": 2'))
    problems = found(world, book)
    assert "数据仓库: 现有 2 个版本, 入库记录为 3 个" in problems


def test_a_line_about_a_subject_that_its_channel_does_not_list_is_found(
    world: World, book: Book
) -> None:
    here = world.catalog.jurisdiction
    channels = tuple(
        c.model_copy(update={"subject_classes": (SubjectClass.INSTITUTION,)})
        if c.id == "credit_net"
        else c
        for c in here.channels
    )
    changed = here.model_copy(update={"channels": channels})
    catalog = world.catalog.model_copy(update={"jurisdiction": changed})
    assert verify(Context(world.settings, catalog=catalog, ledger=book)) == [
        f"公示 {SECOND}: credit_net 的《行政处罚信息》有 2 行属于该渠道不公示的"
        "信息主体类别"
    ]


def test_an_added_public_file_is_found(world: World, book: Book) -> None:
    (world.settings.publication / str(SECOND) / "full" / "extra.csv").write_text("a")
    assert found(world, book) == [f"公示 {SECOND}: full/extra.csv 不在清单中"]


def test_altered_original_bytes_are_found(world: World, book: Book) -> None:
    alter(next(world.settings.landing.glob("??/*/original")))
    (problem,) = found(world, book)
    assert problem.startswith("原始文件")


def test_lost_original_bytes_are_found(world: World, book: Book) -> None:
    next(world.settings.landing.glob("??/*/original")).unlink()
    (problem,) = found(world, book)
    assert problem.endswith("缺失")


def test_original_bytes_that_were_removed_by_rule_are_not_missed(
    world: World, book: Book
) -> None:
    path = next(world.settings.landing.glob("??/*/original"))
    path.unlink()
    book.expired.append(path.parent.name)
    assert found(world, book) == []


def test_a_delivery_that_only_the_ledger_knows_is_found(
    world: World, book: Book
) -> None:
    book.held[FIRST].append(Claimed("lost", "accepted"))
    assert found(world, book) == [
        "批次 lost: 台账有记录，文件夹缺失",
        f"报送 {FIRST}: lost 只在台账中有记录",
    ]


def test_a_delivery_that_only_the_warehouse_knows_is_found(
    world: World, book: Book
) -> None:
    batch = str(book.held[FIRST].pop(0).batch_id)
    assert found(world, book) == [
        f"批次 {batch}: 台账中无此批次",
        f"报送 {FIRST}: {batch} 只在仓库中有记录",
    ]


def test_a_broken_trace_is_reported(world: World, book: Book) -> None:
    book.faults.append("第 3 条与前一条不符")
    assert found(world, book) == ["留痕链: 第 3 条与前一条不符"]


def test_a_batch_s_folder_that_is_missing_or_that_nobody_names_is_found(
    world: World, book: Book
) -> None:
    missing = str(book.held[FIRST][0].batch_id)
    shutil.rmtree(world.settings.batches / missing)
    (world.settings.batches / "2026-11-18-tax-nobody-0123abcd").mkdir()
    (world.settings.batches / ".being-checked").mkdir()
    assert [line for line in found(world, book) if line.startswith("批次")] == [
        f"批次 {missing}: 台账有记录，文件夹缺失",
        "批次 2026-11-18-tax-nobody-0123abcd: 台账中无此批次",
    ]


def test_a_release_that_the_ledger_does_not_know_is_found(
    world: World, book: Book
) -> None:
    book.released.pop()
    assert found(world, book) == [f"公示 {SECOND}: 发布记录与台账不符"]


@pytest.fixture
def expired(world: World, book: Book) -> World:
    """Two more nights, of which the last is within the days to keep."""
    for night, number in ((THIRD, "3号"), (FOURTH, "4号")):
        batch = world.deliver(night, PENALTIES, [penalty(WATER, number, "2026-11-02")])
        book.held[night] = [Claimed(batch.batch_id, "accepted")]
        sha256 = digest(batch.batch_id)
        original = world.settings.landing / sha256[:2] / sha256 / "original"
        original.parent.mkdir(parents=True)
        original.write_text(batch.batch_id)
        world.merge(night, batch)
        publish.publish(world.context.at(night))
        book.released.append(
            Released(night, publish.released(world.settings, night)[0])
        )
    brief = replace(world.settings, keep_publication_days=1)
    removed = expiry.expire(Context(brief, ledger=book), FOURTH + timedelta(days=1))
    assert removed == [f"publication/{night}/full" for night in (FIRST, SECOND)]
    assert expiry.expire(Context(brief, ledger=book), FOURTH + timedelta(days=1)) == []
    return world


def test_full_files_that_were_removed_on_time_are_not_missed(
    expired: World, book: Book
) -> None:
    folder = expired.settings.publication
    kept = [night for night in book.held if (folder / f"{night}" / "full").exists()]
    assert kept == [THIRD, FOURTH]  # the third proves the fourth
    assert found(expired, book) == []
    publish.publish(expired.context.at(FIRST))  # as it was


def test_without_a_trace_they_are_missed(expired: World, book: Book) -> None:
    book.unpublished.remove(str(SECOND))
    assert any(f"公示 {SECOND}: full/" in line for line in found(expired, book))


@pytest.mark.parametrize("night", [FIRST, SECOND])
def test_a_delta_of_an_expired_night_is_still_proven(
    expired: World, book: Book, night: date
) -> None:
    """Even one that was altered together with its manifest and all later ones."""
    path = next(expired.settings.publication.glob(f"{night}/delta/*/{PENALTIES}.csv"))
    alter(path)
    assert any("已被改动" in line for line in found(expired, book))


def test_the_deltas_since_the_first_release_make_the_oldest_full_file_kept(
    expired: World,
) -> None:
    settings = expired.settings
    full = next(settings.publication.glob(f"{THIRD}/full/*/{PENALTIES}.csv"))
    channel = full.parent.name
    deltas = [
        settings.publication / f"{night}/delta/{channel}/{PENALTIES}.csv"
        for night in (FIRST, SECOND, THIRD)
    ]
    assert delta_check.replay_from_the_first(settings, deltas, full) == {}
    assert delta_check.replay_from_the_first(settings, deltas[:-1], full) == {
        "missing": 1
    }


def test_nothing_expires_unless_it_is_said(world: World, book: Book) -> None:
    assert expiry.expire(Context(world.settings, ledger=book), FOURTH) == []
