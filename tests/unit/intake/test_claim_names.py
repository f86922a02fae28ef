"""Any legal name is claimed and answered; what goes wrong with one file is its own."""

import hashlib
import os
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from guiji.catalog.model import Catalog
from guiji.context import NightContext
from guiji.core.settings import Settings
from guiji.intake import arrivals, setting_aside
from guiji.intake.claim import claim_files
from guiji.ledger import answer_names
from guiji.ledger.deliveries import Delivery
from guiji.ledger.ledger import Ledger
from guiji.outbox import receipts
from guiji.outbox.returned import workbook

ODD_NAMES = (
    "长".encode() * 83 + b".csv",  # 253 bytes
    b"x" * 251 + b".csv",  # the longest there is
    b"\n" * 255,  # shown six times as long
    b"\xff" * 255,  # no text in UTF-8
    "报".encode("gb18030") * 120 + b".csv",
    b"-rf --all.csv",
    b"a\\b\x1b[31m.csv ",
    b"trailing. . ",
    b"a\x7f\x01\tb.csv",
    b"guiji-" + b"0" * 240,
)

Put = Callable[..., Path]


@pytest.fixture
def put(settings: Settings) -> Put:
    """Put a file into the tax office's inbox, by the bytes of its name."""

    def write(name: bytes | str, content: str | None = None) -> Path:
        inbox = os.fsencode(settings.inbox / "tax")
        path = Path(os.fsdecode(inbox + b"/" + os.fsencode(name)))
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content or repr(name), encoding="utf-8")
        return path

    return write


def claimed(settings: Settings, catalog: Catalog, night: date) -> list[Delivery]:
    ledger = Ledger.open(settings)
    claim_files(
        NightContext(settings, night, catalog=catalog, ledger=ledger), settle_seconds=0
    )
    return ledger.deliveries(night)


def lying(folder: Path) -> list[str]:
    return sorted(str(p.relative_to(folder)) for p in folder.rglob("*"))


def test_every_legal_name_is_claimed_leaves_the_inbox_and_is_answered(
    settings: Settings, catalog: Catalog, night: date, put: Put
) -> None:
    for name in ODD_NAMES:
        put(name)
        put(b"2003/" + name, f"below {name!r}")
    made = claimed(settings, catalog, night)
    assert len(made) == 2 * len(ODD_NAMES)
    assert lying(settings.inbox / "tax") == []
    folder = receipts.outbox(settings, "tax", night)
    for delivery in made:
        receipt = receipts.content(catalog, delivery)
        assert receipt["file"] == delivery.name
        for ending in (".receipt.json", ".回执.txt", ".2026-11-20.重新校验.json"):
            answer = folder / f"{delivery.answer_name}{ending}"
            answer.parent.mkdir(parents=True, exist_ok=True)
            answer.write_text("x")  # a name that the file system takes
        workbook_name = workbook.name(delivery.answer_name)
        (folder / workbook_name).write_text("x")
        below = delivery.source_file.startswith("2003/")
        assert delivery.answer_name.startswith("2003/") is below
        assert workbook_name.startswith("2003/") is below
        assert len(delivery.answer_name) <= answer_names.ANSWER_CHARACTERS
    assert len({d.answer_name for d in made}) == len(made)


def test_a_claim_killed_with_a_long_name_set_aside_is_finished(
    settings: Settings, catalog: Catalog, night: date, put: Put
) -> None:
    known, unknown = "知" * 83 + ".csv", "未" * 83 + ".csv"
    put(known, "same")
    claimed(settings, catalog, night)
    root = settings.inbox
    setting_aside.move(root, put(known, "same"))
    aside = setting_aside.move(root, put(unknown, "never landed"))
    arrived = arrivals.instant(aside.stat().st_ctime_ns)
    assert all(len(os.fsencode(n)) <= 255 for n in lying(root / "tax"))
    setting_aside.put_back(root, aside)
    setting_aside.put_back(root, aside)  # gone: another claim has done it
    assert [n for n in lying(root / "tax") if n[0] != "."] == [unknown]
    made = claimed(settings, catalog, night)
    assert lying(root) == [".arrivals", "tax"]
    assert [d.received_at for d in made if d.name == unknown] == [arrived]


def test_what_an_earlier_version_had_set_aside_is_put_back(
    settings: Settings, catalog: Catalog, night: date, put: Put
) -> None:
    put("补充/.处罚.csv.leaving", "never landed")
    (delivery,) = claimed(settings, catalog, night)
    assert delivery.source_file == "补充/处罚.csv"


def test_a_newer_file_has_its_place_while_a_kill_was_between(
    settings: Settings, put: Put
) -> None:
    aside = put(".a.csv.leaving", "older")
    os.link(aside, aside.with_name("a.csv"))  # killed before the hidden name went
    setting_aside.put_back(settings.inbox, aside)
    assert lying(settings.inbox / "tax") == ["a.csv"]


def test_emptied_sub_folders_go_and_others_stay(
    settings: Settings, catalog: Catalog, night: date, put: Put
) -> None:
    put("2003/十月/a.csv")
    put("2004/b.csv")
    put("2004/c.csv.part")
    put("试报/草稿/d.csv")
    (settings.inbox / "tax" / "空").mkdir()
    claimed(settings, catalog, night)
    assert lying(settings.inbox / "tax") == ["2004", "2004/c.csv.part", "空", "试报"]


def test_a_duplicate_names_the_earlier_file_with_path_and_night(
    settings: Settings, catalog: Catalog, night: date, put: Put
) -> None:
    put("2003/广东.csv", "same")
    put("2004/广东.csv", "same")
    claimed(settings, catalog, night)
    told = receipts.outbox(settings, "tax", night) / "2004" / "广东.csv.回执.txt"
    assert "与 2026-11-20 报送的《2003/广东.csv》内容完全相同" in told.read_text(
        "utf-8"
    )


def test_a_file_that_cannot_be_taken_out_stops_no_other(
    settings: Settings,
    catalog: Catalog,
    night: date,
    put: Put,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """As on a file that its system holds fast (immutable, or a busy share)."""
    put("a.csv")
    put("b.csv")
    rename = Path.rename

    def held_fast(self: Path, target: Path) -> Path:
        if self.name == "a.csv":
            raise PermissionError(1, "Operation not permitted")
        return rename(self, target)

    monkeypatch.setattr(Path, "rename", held_fast)
    first = claimed(settings, catalog, night)
    assert claimed(settings, catalog, night) == first
    assert len(first) == 2
    assert lying(settings.inbox / "tax") == ["a.csv"]
    (held,) = Ledger.open(settings).entries("held")
    assert (held.subject, held.details) == (
        "2026-11-20:tax/a.csv",
        {"reason": "not_removed"},
    )


def test_a_path_too_long_is_told_and_stops_no_other(
    settings: Settings, catalog: Catalog, night: date, put: Put
) -> None:
    put("a.csv")
    here = os.open(settings.inbox / "tax", os.O_RDONLY)
    for _ in range(20):
        os.mkdir("深" * 80, dir_fd=here)
        below = os.open("深" * 80, os.O_RDONLY, dir_fd=here)
        os.close(here)
        here = below
    os.close(os.open("b.csv", os.O_CREAT | os.O_WRONLY, dir_fd=here))
    os.close(here)
    assert [d.name for d in claimed(settings, catalog, night)] == ["a.csv"]
    notice = receipts.outbox(settings, "tax", night) / "收件夹.部分未接收.txt"
    assert "路径过长" in notice.read_text("utf-8")


@pytest.mark.parametrize(
    ("source_file", "answer"),
    [
        ("a.csv", "a.csv"),
        ("2003/广东.csv", "2003/广东.csv"),
        ("a.csv.receipt.json/a.csv", "a.csv.receipt.json_/a.csv"),  # not in its way
        ("x" * 121 + "/a.csv", "x" * 120 + f".{'{}'}/a.csv"),
    ],
)
def test_an_answer_lies_where_its_file_lay(source_file: str, answer: str) -> None:
    folder = source_file.rpartition("/")[0]
    digest = hashlib.sha256(folder.encode()).hexdigest()[:8]
    first = next(answer_names.candidates(source_file, "0" * 64))
    assert first == answer.format(digest)


def test_the_deepest_folder_still_fits_the_ledger() -> None:
    deep = "/".join(["很深的文件夹"] * 400)
    first = next(answer_names.candidates(f"{deep}/{'n' * 255}", "0" * 64))
    assert len(first) <= 255
    assert first.startswith("很深的文件夹/")


def test_a_time_that_no_date_can_say_is_the_end_of_the_calendar() -> None:
    assert arrivals.instant(1 << 62) == datetime(2116, 2, 20, 23, 53, 38, 427387, UTC)
    assert arrivals.instant(1 << 80).year == 9998
    assert arrivals.instant(-(1 << 80)).year == 2
