import hashlib
import json
import os
import stat
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest

from guiji.catalog.model import Catalog
from guiji.connections.errors import Moved, Unreadable
from guiji.context import NightContext
from guiji.core import business_date, files
from guiji.core.settings import Settings
from guiji.intake import arrivals, landing, setting_aside
from guiji.intake.claim import claim_files
from guiji.intake.inbox import FolderInbox
from guiji.ledger.deliveries import Delivery, Incoming
from guiji.ledger.ledger import Ledger

Claim = Callable[[], list[str]]
Drop = Callable[..., Path]


@pytest.fixture
def drop(settings: Settings) -> Drop:
    """Put a file into a department's inbox."""

    def put(name: str, content: str = "x\n", department: str = "tax") -> Path:
        path = settings.inbox / department / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content, encoding="utf-8")
        return path

    return put


@pytest.fixture
def claim(settings: Settings, catalog: Catalog, ledger: Ledger, night: date) -> Claim:
    """Claim what is ready, without waiting."""
    return lambda: claim_files(
        NightContext(settings, night, catalog=catalog, ledger=ledger), settle_seconds=0
    )


def lying(folder: Path) -> list[str]:
    return sorted(str(p.relative_to(folder)) for p in folder.rglob("*") if p.is_file())


def receipt(settings: Settings, night: date, name: str, of: str = "tax") -> dict:
    path = settings.outbox / of / str(night) / f"{name}.receipt.json"
    read: dict = json.loads(path.read_text("utf-8"))
    return read


def test_a_file_is_landed_and_leaves_the_inbox(
    settings: Settings, ledger: Ledger, drop: Drop, claim: Claim
) -> None:
    path = drop("补充/行政处罚.csv", "决定书文号\n1\n")
    os.utime(path, (0, 0))  # what the sender claims is kept, and decides nothing
    arrived = arrivals.instant(path.stat().st_ctime_ns).astimezone(
        business_date.SHANGHAI
    )
    sha256 = files.sha256_of(path)
    (identity,) = claim()
    delivery = ledger.delivery(identity)
    assert identity == f"2026-11-20-tax-{sha256[:8]}"
    assert delivery.source_file == "补充/行政处罚.csv"
    assert (delivery.sha256, delivery.bytes) == (sha256, 18)
    assert delivery.received_at == arrived
    assert delivery.modified_at == arrivals.instant(0)
    assert lying(settings.inbox) == []
    kept = landing.original(settings, sha256)
    assert kept == settings.landing / sha256[:2] / sha256 / "original"
    assert kept.read_text("utf-8") == "决定书文号\n1\n"
    assert stat.S_IMODE(kept.stat().st_mode) == 0o440
    assert files.read_json(kept.with_name("meta.json")) == {
        "sha256": sha256,
        "bytes": 18,
        "name": "行政处罚.csv",
        "from": "inbox/tax/补充/行政处罚.csv",
        "night": "2026-11-20",
        "received_at": arrived.isoformat(),
        "modified_at": "1970-01-01T08:00:00+08:00",
    }


def test_an_empty_inbox_is_no_error(claim: Claim, ledger: Ledger, night: date) -> None:
    assert claim() == []
    assert ledger.night_state(night) == "open"


@pytest.mark.parametrize(
    "name",
    ["a.csv.part", "a.csv.filepart", "a.TMP", "~$a.xlsx", ".a.csv", "Thumbs.db"],
)
def test_an_unfinished_file_is_left_alone(
    settings: Settings, drop: Drop, claim: Claim, name: str
) -> None:
    drop(name)
    assert claim() == []
    assert lying(settings.inbox) == [f"tax/{name}"]


def test_an_empty_file_is_a_delivery(drop: Drop, claim: Claim) -> None:
    drop("a.csv", "")
    assert claim() == ["2026-11-20-tax-e3b0c442"]


def test_a_growing_file_waits_until_it_has_stopped(
    settings: Settings, catalog: Catalog, ledger: Ledger, night: date, drop: Drop
) -> None:
    path = drop("a.csv")
    context = NightContext(settings, night, catalog=catalog, ledger=ledger)

    def grow(seconds: float) -> None:
        time.sleep(seconds)
        with path.open("a", encoding="utf-8") as file:
            file.write("more\n")

    assert claim_files(context, 1, grow) == []
    assert len(claim_files(context, 1)) == 1


def test_a_file_with_a_companion_is_not_waited_for(
    settings: Settings, catalog: Catalog, ledger: Ledger, night: date, drop: Drop
) -> None:
    drop("a.csv")
    drop("a.csv.OK", "")
    context = NightContext(settings, night, catalog=catalog, ledger=ledger)
    assert len(claim_files(context, 60, lambda _: pytest.fail("it waits"))) == 1
    assert lying(settings.inbox) == []


@pytest.mark.parametrize("kind", ["md5", "sha256"])
def test_a_right_checksum_is_honoured(
    settings: Settings, drop: Drop, claim: Claim, kind: str
) -> None:
    drop("a.csv", "content")
    told = hashlib.new(kind, b"content").hexdigest().upper()
    drop(f"a.csv.{kind}", f"{told} *a.csv\n")
    assert len(claim()) == 1
    assert lying(settings.inbox) == []


@pytest.mark.parametrize("kind", ["md5", "sha256"])
def test_a_wrong_checksum_holds_the_file_and_is_said(
    settings: Settings,
    drop: Drop,
    claim: Claim,
    ledger: Ledger,
    night: date,
    kind: str,
) -> None:
    drop("a.csv", "cont")
    drop(f"a.csv.{kind}", hashlib.new(kind, b"content").hexdigest())
    assert claim() == claim() == []
    assert lying(settings.inbox) == ["tax/a.csv", f"tax/a.csv.{kind}"]
    assert lying(settings.landing) == []
    notice = settings.outbox / "tax" / str(night) / "a.csv.未接收.txt"
    assert f"《a.csv》与校验文件《a.csv.{kind}》不符" in notice.read_text("utf-8")
    held = ledger.entries("held")
    assert [(e.subject, e.details) for e in held] == [
        ("2026-11-20:tax/a.csv", {"reason": "checksum"})
    ]
    drop("a.csv", "content")  # uploaded again, whole
    assert len(claim()) == 1


def test_a_folder_of_no_department_is_traced_and_left_alone(
    settings: Settings, drop: Drop, claim: Claim, ledger: Ledger
) -> None:
    drop("a.csv", department="weather")
    (settings.inbox / "b.csv").write_text("x")
    assert claim() == claim() == []
    assert lying(settings.inbox) == ["b.csv", "weather/a.csv"]
    subjects = [entry.subject for entry in ledger.entries("unknown_folder")]
    assert subjects == ["2026-11-20:b.csv", "2026-11-20:weather"]


def test_a_link_is_not_followed(
    settings: Settings, drop: Drop, claim: Claim, ledger: Ledger
) -> None:
    secret = settings.data / "secret"
    secret.write_text("another department's")
    drop("a.csv").with_name("link.csv").symlink_to(secret)
    (settings.inbox / "transport").symlink_to(settings.inbox / "tax")
    os.mkfifo(settings.inbox / "tax" / "pipe.csv")
    assert len(claim()) == 1
    odd = [entry.subject for entry in ledger.entries("not_a_file")]
    assert odd == ["2026-11-20:tax/link.csv", "2026-11-20:tax/pipe.csv"]
    assert secret.exists()


def test_a_pipe_for_a_companion_is_not_waited_for(
    settings: Settings, drop: Drop, claim: Claim
) -> None:
    path = drop("a.csv")
    os.mkfifo(path.with_name("a.csv.sha256"))
    assert len(claim()) == 1
    assert (settings.inbox / "tax" / "a.csv.sha256").exists()


def test_a_crowded_inbox_is_left_alone_and_told(
    settings: Settings,
    catalog: Catalog,
    ledger: Ledger,
    night: date,
    drop: Drop,
) -> None:
    for number in range(5):
        drop(f"{number}/a.csv", f"content {number}")  # ten entries
    drop("a.csv", department="transport")
    small = replace(settings, inbox_entries=9)
    (claimed,) = claim_files(
        NightContext(small, night, catalog=catalog, ledger=ledger), 0
    )
    assert ledger.delivery(claimed).department == "transport"
    crowded = ledger.entries("inbox_crowded")
    assert [(e.subject, e.details) for e in crowded] == [
        ("2026-11-20:tax", {"limit": 9})
    ]
    notice = settings.outbox / "tax" / "2026-11-20" / "收件夹.未接收.txt"
    assert "超过 9 个" in notice.read_text("utf-8")
    assert (
        len(
            claim_files(
                NightContext(settings, night, catalog=catalog, ledger=ledger), 0
            )
        )
        == 6
    )


def test_a_file_too_big_is_left_alone_and_told(
    settings: Settings, catalog: Catalog, ledger: Ledger, night: date, drop: Drop
) -> None:
    drop("补充/a.csv", "12345678")
    drop("b.csv", "1234567")
    small = replace(settings, file_bytes=7)
    (claimed,) = claim_files(
        NightContext(small, night, catalog=catalog, ledger=ledger), 0
    )
    assert ledger.delivery(claimed).source_file == "b.csv"
    assert lying(settings.inbox) == ["tax/补充/a.csv"]
    notice = settings.outbox / "tax" / "2026-11-20" / "补充" / "a.csv.未接收.txt"
    assert "大小为 8 字节，超过上限 7 字节" in notice.read_text("utf-8")
    (held,) = ledger.entries("held")
    assert held.details == {"reason": "too_big"}


@pytest.mark.parametrize(
    "name", ["长" * 83 + ".csv", "a\n" * 120], ids=["chinese", "escaped"]
)
def test_a_notice_about_an_absurdly_long_name_is_written(
    settings: Settings, catalog: Catalog, night: date, drop: Drop, name: str
) -> None:
    drop(name)
    drop(f"f/{name}", "another of the same name")
    small = replace(settings, file_bytes=0)
    assert (
        claim_files(
            NightContext(small, night, catalog=catalog, ledger=Ledger.open(settings)), 0
        )
        == []
    )
    assert len(lying(settings.outbox)) == 2


def test_folders_deeper_than_a_path_may_be_are_left_alone(
    settings: Settings, drop: Drop, claim: Claim, ledger: Ledger
) -> None:
    drop("a.csv")
    here = os.open(settings.inbox / "tax", os.O_RDONLY)
    for _ in range(20):
        os.mkdir("深" * 80, dir_fd=here)
        below = os.open("深" * 80, os.O_RDONLY, dir_fd=here)
        os.close(here)
        here = below
    os.close(here)
    assert len(claim()) == 1
    (held,) = ledger.entries("held")
    assert held.details == {"reason": "unreadable"}


def test_a_trial_is_told_by_its_folder(
    settings: Settings, drop: Drop, claim: Claim, ledger: Ledger
) -> None:
    drop("试报/a.csv", "same")
    drop("a.csv", "same")
    trials = {i: ledger.delivery(i).trial for i in claim()}
    assert list(trials.values()) == [False, True]
    assert [ledger.delivery(i).answer_name for i in trials] == [
        "a.csv",
        "试报/a.csv",
    ]


def test_the_same_bytes_again_get_a_receipt_saying_so(
    settings: Settings, drop: Drop, claim: Claim, ledger: Ledger, night: date
) -> None:
    drop("a.csv", "same")
    drop("b.csv", "same")
    drop("a.csv", "same", department="transport")
    first, other = claim()
    told = receipt(settings, night, "b.csv")
    sha8 = hashlib.sha256(b"same").hexdigest()[:8]
    assert told["verdict"] == "duplicate"
    assert told["batch_id"] == f"2026-11-20-tax-duplicate-{sha8}-2"
    assert set(told["rows"].values()) == {0}
    assert first in told["findings"][0]["message"]
    assert ledger.delivery(other).department == "transport"
    assert lying(settings.inbox) == []

    drop("a.csv", "same")  # the same name once more
    claim()
    assert receipt(settings, night, f"a.csv.{sha8}")["verdict"] == "duplicate"


def test_claiming_again_changes_nothing(
    settings: Settings, drop: Drop, claim: Claim, ledger: Ledger
) -> None:
    drop("a.csv", "same")
    drop("b.csv", "same")
    before = claim(), ledger.entries(), snapshot(settings)
    assert before == (claim(), ledger.entries(), snapshot(settings))


def test_a_merged_night_leaves_new_files_for_the_next(
    settings: Settings,
    catalog: Catalog,
    ledger: Ledger,
    night: date,
    drop: Drop,
    claim: Claim,
) -> None:
    drop("a.csv", "1")
    claimed = claim()
    ledger.set_state(night, "merged")
    drop("b.csv", "2")
    assert claim() == claimed
    assert lying(settings.inbox) == ["tax/b.csv"]
    tomorrow = night + timedelta(days=1)
    assert (
        len(
            claim_files(
                NightContext(settings, tomorrow, catalog=catalog, ledger=ledger), 0
            )
        )
        == 1
    )


def test_what_is_written_over_a_file_while_it_is_claimed_is_kept(
    settings: Settings, catalog: Catalog, ledger_url: str, night: date, drop: Drop
) -> None:
    path = drop("a.csv", "old")

    class Slow(Ledger):
        """The department uploads again while the ledger is busy."""

        def claim(self, incoming: Incoming, **rest: object) -> Delivery:
            path.write_text("newer", encoding="utf-8")
            return super().claim(incoming)

    claim_files(
        NightContext(settings, night, catalog=catalog, ledger=Slow(ledger_url)), 0
    )
    assert path.read_text("utf-8") == "newer"
    ledger = Ledger(ledger_url)
    claim_files(NightContext(settings, night, catalog=catalog, ledger=ledger), 0)
    assert not path.exists()
    landed = [
        landing.original(settings, d.sha256).read_text("utf-8")
        for d in ledger.deliveries()
    ]
    assert sorted(landed) == ["newer", "old"]


def test_a_file_set_aside_is_put_back_beside_a_newer_one(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("newest")
    aside = tmp_path / ".a.csv.leaving"
    aside.write_text("newer")
    setting_aside.put_back(tmp_path, aside)
    setting_aside.put_back(tmp_path, aside)  # gone: another claim has done it
    assert (tmp_path / "a.csv").read_text() == "newest"
    assert (tmp_path / "a-2.csv").read_text() == "newer"
    assert not aside.exists()


@pytest.mark.parametrize(
    ("raw", "shown"),
    [
        ("行政处罚.csv".encode(), "行政处罚.csv"),
        ("行政处罚.csv".encode("gb18030"), "行政处罚.csv"),
        (b"a\n\xff.csv", "a\\u000aÿ.csv"),
        ("a\u202excs.exe".encode(), "a\\u202excs.exe"),  # shown it would read exe.csx
        ("a\u3000b.csv".encode(), "a\u3000b.csv"),
    ],
)
def test_a_name_is_readable(
    settings: Settings,
    claim: Claim,
    ledger: Ledger,
    raw: bytes,
    shown: str,
) -> None:
    folder = settings.inbox / "tax"
    folder.mkdir(parents=True)
    (folder / os.fsdecode(raw)).write_text("x")
    (identity,) = claim()
    assert ledger.delivery(identity).source_file == shown


def snapshot(settings: Settings) -> dict[str, bytes]:
    """Every file below the data folder but the ledger's own and torn ones."""
    return {
        str(path.relative_to(settings.data)): path.read_bytes()
        for path in sorted(settings.data.rglob("*"))
        if path.is_file()
        and not path.name.startswith("ledger.db")
        and not (path.name.startswith(".") and path.suffix == ".tmp")
    }


def test_a_file_that_changed_since_the_look_is_not_copied(
    settings: Settings, drop: Drop, tmp_path: Path
) -> None:
    path = drop("a.csv", "old")
    box = FolderInbox(settings, {"tax"}, 0)
    (seen,) = box.look().drops
    path.write_text("older and longer", encoding="utf-8")
    with pytest.raises(Moved):
        box.copy(seen, tmp_path / "copy")
    path.unlink()
    with pytest.raises(Moved):
        box.copy(seen, tmp_path / "copy")


def test_a_file_replaced_by_a_link_is_not_followed(
    settings: Settings, drop: Drop, tmp_path: Path
) -> None:
    path = drop("a.csv")
    box = FolderInbox(settings, {"tax"}, 0)
    (seen,) = box.look().drops
    path.unlink()
    path.symlink_to(settings.home / "README.md")
    with pytest.raises(Unreadable):
        box.copy(seen, tmp_path / "copy")


def test_the_private_folder_of_a_dead_process_is_swept(
    settings: Settings, claim: Claim
) -> None:
    with landing.workplace(settings) as mine:
        dead = mine.with_name(mine.name.replace(f"~{os.getpid()}~", "~4194305~"))
        dead.mkdir()  # a number that no process can have
        claim()
        assert (mine.exists(), dead.exists()) == (True, False)
