"""The answers arrive whole on a real OpenSSH server, and the sign of it last."""

import os
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import pytest
from servers.proxy import bad_line
from servers.sshd import Server

from guiji.catalog.model import Catalog
from guiji.connections.sftp_session import Session
from guiji.context import NightContext
from guiji.core.settings import Settings
from guiji.ledger.ledger import Ledger
from guiji.outbox import push as module
from guiji.outbox.push import PushCounts

Push = Callable[..., PushCounts]
Answer = Callable[..., Path]
PUSH = "AIRFLOW_CONN_GUIJI_SFTP_PUSH"
MB = 1 << 20


@pytest.fixture
def ledger(settings: Settings) -> Ledger:
    return Ledger.open(settings)


@pytest.fixture
def push(settings: Settings, catalog: Catalog, ledger: Ledger, night: date) -> Push:
    return lambda of=night: module.push(
        NightContext(settings, of, catalog=catalog, ledger=ledger), lambda s: None
    )


@pytest.fixture
def answer(settings: Settings, night: date) -> Answer:
    """Write an answer into a department's outbox."""

    def write(
        name: str, content: str = "x", department: str = "tax", of: date = night
    ) -> Path:
        path = settings.outbox / department / str(of) / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content, encoding="utf-8")
        return path

    return write


def there(server: Server, department: str = "tax") -> dict[str, str]:
    outbox = server.drop / department / "outbox"
    return {
        str(path.relative_to(outbox)): path.read_text("utf-8")
        for path in sorted(outbox.rglob("*"))
        if path.is_file()
    }


def counts(pushed: PushCounts) -> tuple[int, int, list[str]]:
    return pushed.sent, pushed.unchanged, pushed.failed


def test_answers_arrive_with_a_sign_that_they_are_whole(
    sftp: Server, push: Push, answer: Answer
) -> None:
    answer("行政处罚.csv.receipt.json", "{}")
    answer("行政处罚.csv.回执.txt", "回执")
    answer(".half.tmp", "torn")
    answer("a.txt", "other", department="transport")
    assert counts(push()) == (3, 0, [])
    assert there(sftp) == {
        "2026-11-20/2026-11-20.ok": "",
        "2026-11-20/行政处罚.csv.receipt.json": "{}",
        "2026-11-20/行政处罚.csv.回执.txt": "回执",
    }
    assert there(sftp, "transport")["2026-11-20/a.txt"] == "other"


def test_answers_in_sub_folders_arrive_in_theirs(
    sftp: Server, push: Push, answer: Answer
) -> None:
    answer("2003/十月/广东.csv.receipt.json", "{}")
    answer("2003/广东.csv.回执.txt", "回执")
    answer(".hidden/a.txt", "ours")
    assert counts(push()) == (2, 0, [])
    answer("2003/广东.csv.回执.txt", "回执，补充")
    assert counts(push()) == (1, 1, [])
    assert there(sftp) == {
        "2026-11-20/2003/十月/广东.csv.receipt.json": "{}",
        "2026-11-20/2003/广东.csv.回执.txt": "回执，补充",
        "2026-11-20/2026-11-20.ok": "",
    }


def test_only_what_is_new_or_changed_is_sent_again(
    sftp: Server, push: Push, answer: Answer
) -> None:
    answer("a.txt", "old")
    answer("b.txt", "same")
    push()
    sign = sftp.drop / "tax/outbox/2026-11-20/2026-11-20.ok"
    before = sign.stat().st_ino, sign.stat().st_mtime_ns
    assert counts(push()) == (0, 2, [])
    assert (sign.stat().st_ino, sign.stat().st_mtime_ns) == before
    changed = answer("a.txt", "new")  # the same size
    os.utime(changed, (1_000, 1_000))
    answer("c.txt", "more")
    assert counts(push()) == (2, 1, [])
    assert [there(sftp)[f"2026-11-20/{n}.txt"] for n in "abc"] == [
        "new",
        "same",
        "more",
    ]
    assert sign.stat().st_mtime_ns > before[1]


def test_the_sign_comes_last_and_goes_first(
    sftp: Server, push: Push, answer: Answer, monkeypatch: pytest.MonkeyPatch
) -> None:
    answer("a.txt", "old")
    push()
    answer("a.txt", "newer")
    answer("b.txt", "x" * (3 * MB))
    with bad_line(sftp.ports["push"], cut_up=2 * MB, admit=1) as line:
        monkeypatch.setenv(PUSH, sftp.connection("push", line.port))
        assert push().failed == ["guiji_sftp_push"]
    left = there(sftp)
    assert left.pop("2026-11-20/a.txt") == "newer"
    (part,) = left  # neither the sign nor a half-written b.txt
    assert part.startswith("2026-11-20/.")
    assert part.endswith(".part")


def test_a_push_that_was_cut_off_goes_on_there(
    sftp: Server,
    push: Push,
    answer: Answer,
    ledger: Ledger,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    content = "".join(f"{number:015d}\n" for number in range(MB))  # 16 MB
    answer("a.txt", content)
    with bad_line(sftp.ports["push"], cut_up=10 * MB, admit=1) as line:
        monkeypatch.setenv(PUSH, sftp.connection("push", line.port))
        push()
    (trace,) = ledger.entries("not_pushed")
    assert trace.subject == "2026-11-20:guiji_sftp_push"
    with bad_line(sftp.ports["push"]) as line:
        monkeypatch.setenv(PUSH, sftp.connection("push", line.port))
        assert counts(push()) == (1, 0, [])
        assert line.up < 13 * MB
    assert there(sftp) == {"2026-11-20/a.txt": content, "2026-11-20/2026-11-20.ok": ""}


def test_a_line_cut_again_and_again_is_gone_on_with_in_one_push(
    sftp: Server, push: Push, answer: Answer, monkeypatch: pytest.MonkeyPatch
) -> None:
    content = "".join(f"{number:015d}\n" for number in range(MB))
    answer("a.txt", content)
    with bad_line(sftp.ports["push"], cut_up=6 * MB) as line:
        monkeypatch.setenv(PUSH, sftp.connection("push", line.port))
        assert counts(push()) == (1, 0, [])
        assert line.connections > 2
    assert there(sftp)["2026-11-20/a.txt"] == content


def test_a_part_that_is_something_else_is_not_gone_on_from(
    sftp: Server, push: Push, answer: Answer, monkeypatch: pytest.MonkeyPatch
) -> None:
    answer("a.txt", "x" * (12 * MB))
    with bad_line(sftp.ports["push"], cut_up=8 * MB, admit=1) as line:
        monkeypatch.setenv(PUSH, sftp.connection("push", line.port))
        push()
    (part,) = (sftp.drop / "tax/outbox").rglob(".*.part")
    part.write_text("?" * part.stat().st_size)
    monkeypatch.setenv(PUSH, sftp.connection("push"))
    push()
    assert there(sftp)["2026-11-20/a.txt"] == "x" * (12 * MB)


def test_a_part_of_what_is_no_more_is_removed(
    sftp: Server, push: Push, answer: Answer, monkeypatch: pytest.MonkeyPatch
) -> None:
    answer("a.txt", "x" * (12 * MB))
    with bad_line(sftp.ports["push"], cut_up=8 * MB, admit=1) as line:
        monkeypatch.setenv(PUSH, sftp.connection("push", line.port))
        push()
    assert len(there(sftp)) == 1
    answer("a.txt", "shorter")
    monkeypatch.setenv(PUSH, sftp.connection("push"))
    push()
    assert sorted(there(sftp)) == ["2026-11-20/2026-11-20.ok", "2026-11-20/a.txt"]


def test_nights_that_were_not_sent_whole_are_sent_with_a_later_one(
    sftp: Server,
    push: Push,
    answer: Answer,
    night: date,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    answer("a.txt", "1")
    answer("long_ago.txt", "0", of=night - timedelta(days=9))
    monkeypatch.setenv(PUSH, sftp.connection("push", port=1))
    assert push().failed == ["guiji_sftp_push"]
    monkeypatch.setenv(PUSH, sftp.connection("push"))
    tomorrow = night + timedelta(days=1)
    answer("b.txt", "2", of=tomorrow)
    assert counts(push(tomorrow)) == (2, 0, [])
    assert sorted(there(sftp)) == [
        "2026-11-20/2026-11-20.ok",
        "2026-11-20/a.txt",
        "2026-11-21/2026-11-21.ok",
        "2026-11-21/b.txt",
    ]


def test_a_department_without_a_folder_does_not_stop_the_others(
    sftp: Server, push: Push, answer: Answer, ledger: Ledger
) -> None:
    answer("a.txt")
    answer("b.txt", department="transport")
    (sftp.drop / "tax" / "outbox").rmdir()
    assert push().failed == ["guiji_sftp_push/tax"]
    assert "2026-11-20/b.txt" in there(sftp, "transport")
    (trace,) = ledger.entries("not_pushed")
    assert trace.subject == "2026-11-20:guiji_sftp_push/tax"


def test_a_department_that_our_code_fails_on_does_not_stop_the_others(
    sftp: Server,
    push: Push,
    answer: Answer,
    ledger: Ledger,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    answer("a.txt")
    answer("b.txt", department="transport")
    real = module._Folder.send

    def send(folder: module._Folder, session: Session) -> None:
        if b"a.txt" in folder._files:
            raise OverflowError("mtime out of range")
        real(folder, session)

    with monkeypatch.context() as until:
        until.setattr(module._Folder, "send", send)
        assert push().failed == ["guiji_sftp_push/tax"]
    assert "2026-11-20/b.txt" in there(sftp, "transport")
    (fault,) = ledger.entries("platform_fault")
    assert (fault.details["stage"], fault.details["error"]) == ("push", "OverflowError")
    assert push().failed == []
    assert "2026-11-20/a.txt" in there(sftp)


def test_an_outbox_that_is_a_link_elsewhere_is_not_written_through(
    sftp: Server, push: Push, answer: Answer
) -> None:
    answer("a.txt")
    night = sftp.drop / "tax" / "outbox" / "2026-11-20"
    night.symlink_to(sftp.drop / "transport" / "outbox")
    assert push().failed == ["guiji_sftp_push/tax"]
    assert there(sftp, "transport") == {}


def test_without_a_connection_nothing_is_sent(push: Push, answer: Answer) -> None:
    answer("a.txt")
    assert counts(push()) == (0, 0, [])


def test_a_password_is_refused_and_the_night_goes_on(
    sftp: Server,
    push: Push,
    answer: Answer,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    answer("a.txt")
    monkeypatch.setenv(PUSH, "sftp://u:geheim@h/?host_key=k&key_file=f")
    assert push().failed == ["guiji_sftp_push"]
    assert "gives a password" in caplog.text
    assert "geheim" not in caplog.text
