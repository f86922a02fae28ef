"""What lies on a real OpenSSH server is claimed once, and left where it is."""

import hashlib
import json
import os
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from servers.proxy import bad_line
from servers.sshd import Server

from guiji.catalog.model import Catalog
from guiji.context import Context, NightContext
from guiji.core import files
from guiji.core.settings import Settings
from guiji.intake import landing
from guiji.intake.claim import claim_files
from guiji.intake.watch import watch
from guiji.ledger.deliveries import Delivery, RowCounts
from guiji.ledger.ledger import Ledger

Claim = Callable[..., list[str]]
Drop = Callable[..., Path]
PULL = "AIRFLOW_CONN_GUIJI_SFTP_PULL"


class Clock:
    """A clock that goes on by being waited for, and a little by being read."""

    def __init__(self) -> None:
        self.now = datetime(2026, 11, 20, 22, tzinfo=UTC)
        self.waits: list[float] = []

    def __call__(self) -> datetime:
        self.now += timedelta(milliseconds=1)
        return self.now

    def sleep(self, seconds: float) -> None:
        self.waits.append(seconds)
        self.now += timedelta(seconds=seconds)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def ledger(settings: Settings, clock: Clock) -> Ledger:
    return Ledger(settings.ledger_url, clock)


@pytest.fixture
def drop(sftp: Server) -> Drop:
    """Put a file into a department's inbox on the server."""

    def put(
        name: str | bytes, content: str = "x\n", department: str = "tax", at: int = 0
    ) -> Path:
        inbox = sftp.drop / department / "inbox"
        path = Path(os.fsdecode(os.fsencode(inbox) + b"/" + os.fsencode(name)))
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content, encoding="utf-8")
        if at:
            os.utime(path, (at, at))
        return path

    return put


@pytest.fixture
def claim(
    settings: Settings, catalog: Catalog, ledger: Ledger, night: date, clock: Clock
) -> Claim:
    """Claim what is ready; without waiting if not told otherwise."""

    def call(seconds: float | None = 0, of: date = night) -> list[str]:
        return claim_files(
            NightContext(settings, of, catalog=catalog, ledger=ledger),
            seconds,
            clock.sleep,
        )

    return call


def names(ledger: Ledger) -> list[str]:
    return [f"{d.department}/{d.source_file}" for d in ledger.deliveries()]


def traced(ledger: Ledger, kind: str) -> list[tuple[str, object]]:
    return [(e.subject, e.details) for e in ledger.entries(kind)]


def test_a_file_is_landed_and_stays_where_it_is(
    settings: Settings, ledger: Ledger, drop: Drop, claim: Claim
) -> None:
    path = drop("补充/行政处罚.csv", "决定书文号\n1\n")
    (identity,) = claim()
    delivery = ledger.delivery(identity)
    assert (delivery.department, delivery.source_file) == ("tax", "补充/行政处罚.csv")
    kept = landing.original(settings, files.sha256_of(path))
    assert kept.read_bytes() == path.read_bytes()
    assert files.read_json(kept.with_name("meta.json"))["from"] == (
        "sftp:guiji_sftp_pull/tax/补充/行政处罚.csv"
    )
    assert not list(settings.landing.rglob("*.part"))


def test_a_file_that_stays_is_taken_once(
    settings: Settings, ledger: Ledger, drop: Drop, claim: Claim, night: date
) -> None:
    drop("a.csv")
    claimed = claim()
    before = ledger.entries()
    assert claim() == claimed
    assert ledger.entries() == before
    tomorrow = night + timedelta(days=1)
    assert claim(of=tomorrow) == []
    assert ledger.deliveries(tomorrow) == []


def test_a_file_arrives_when_it_is_first_listed(
    settings: Settings,
    catalog: Catalog,
    ledger: Ledger,
    drop: Drop,
    claim: Claim,
    clock: Clock,
) -> None:
    drop("a.csv", "1", at=2_000_000_000)  # its sender says 2033
    began = clock.now
    watch(Context(settings, catalog=catalog, ledger=ledger), clock.sleep)
    assert ledger.deliveries() == []
    clock.now += timedelta(hours=6)
    drop("b.csv", "2", at=1_000_000_000)
    claim()
    early, late = (d.received_at for d in sorted(ledger.deliveries(), key=of_file))
    assert early - began < timedelta(seconds=1)
    assert late - began >= timedelta(hours=6)
    told = {d.source_file: d.modified_at for d in ledger.deliveries()}
    assert told["b.csv"] == datetime.fromtimestamp(1_000_000_000, UTC)


def of_file(delivery: Delivery) -> str:
    return delivery.source_file


def test_a_file_is_waited_for_as_long_as_it_must_not_change(
    drop: Drop, claim: Claim, clock: Clock
) -> None:
    drop("a.csv")
    assert len(claim(None)) == 1
    (wait,) = clock.waits
    assert 119 < wait <= 120


def test_the_setting_says_how_long(
    settings: Settings,
    catalog: Catalog,
    ledger: Ledger,
    night: date,
    drop: Drop,
    clock: Clock,
) -> None:
    drop("a.csv")
    chosen = replace(settings, settle_seconds=7.0)
    assert (
        len(
            claim_files(
                NightContext(chosen, night, catalog=catalog, ledger=ledger),
                None,
                clock.sleep,
            )
        )
        == 1
    )
    (wait,) = clock.waits
    assert 6 < wait <= 7


def test_what_an_earlier_look_saw_long_ago_is_not_waited_for(
    settings: Settings,
    catalog: Catalog,
    ledger: Ledger,
    night: date,
    drop: Drop,
    clock: Clock,
) -> None:
    path = drop("a.csv")

    def grow(seconds: float) -> None:
        clock.sleep(seconds)
        path.write_text("longer than before")

    claim_files(
        NightContext(settings, night, catalog=catalog, ledger=ledger), None, grow
    )
    assert ledger.deliveries() == []
    clock.sleep(130)  # seen for the second time before this, by another process
    clock.waits.clear()
    again = Ledger(settings.ledger_url, clock)
    assert (
        len(
            claim_files(
                NightContext(settings, night, catalog=catalog, ledger=again),
                None,
                clock.sleep,
            )
        )
        == 1
    )
    assert clock.waits == []


def test_a_file_that_grows_is_refused_until_it_has_stopped(
    settings: Settings,
    catalog: Catalog,
    ledger: Ledger,
    night: date,
    drop: Drop,
    clock: Clock,
) -> None:
    path = drop("a.csv", "1\n", at=1_000)
    growing = True

    def upload(seconds: float) -> None:
        clock.sleep(seconds)
        if growing:
            with path.open("a") as file:
                file.write("more\n")
            os.utime(path, (1_000, 1_000))  # as clients do that keep times

    for _ in range(4):
        assert (
            claim_files(
                NightContext(settings, night, catalog=catalog, ledger=ledger),
                None,
                upload,
            )
            == []
        )
    growing = False
    (identity,) = claim_files(
        NightContext(settings, night, catalog=catalog, ledger=ledger), None, upload
    )
    assert ledger.delivery(identity).bytes == path.stat().st_size


def test_a_file_with_a_companion_is_not_waited_for(
    drop: Drop, claim: Claim, clock: Clock
) -> None:
    drop("a.csv")
    drop("a.csv.OK", "")
    assert len(claim(None)) == 1
    assert clock.waits == []


@pytest.mark.parametrize("kind", ["md5", "sha256"])
def test_a_right_checksum_is_honoured(drop: Drop, claim: Claim, kind: str) -> None:
    drop("a.csv", "content")
    drop(f"a.csv.{kind}", f"{hashlib.new(kind, b'content').hexdigest()} *a.csv\n")
    assert len(claim(None)) == 1


def test_a_checksum_that_came_before_its_file_is_waited_for(
    ledger: Ledger, drop: Drop, claim: Claim, settings: Settings
) -> None:
    drop("a.csv", "cont")
    drop("a.csv.sha256", hashlib.sha256(b"content").hexdigest())
    assert claim(None) == []
    assert not settings.outbox.exists()
    drop("a.csv", "content")
    assert len(claim(None)) == 1
    assert ledger.entries("held") == []


def test_a_wrong_checksum_is_told_each_night_and_fetched_once(
    settings: Settings,
    ledger: Ledger,
    sftp: Server,
    drop: Drop,
    claim: Claim,
    night: date,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    content = "x" * 1_000_000
    drop("a.csv", content)
    drop("a.csv.md5", hashlib.md5(b"other").hexdigest())
    tomorrow = night + timedelta(days=1)
    with bad_line(sftp.ports["pull"]) as line:
        monkeypatch.setenv(PULL, sftp.connection("pull", line.port))
        assert claim() == claim(of=tomorrow) == []
        assert 1_000_000 < line.down < 1_500_000
        drop("a.csv.md5", hashlib.md5(content.encode()).hexdigest() + " a.csv")
        assert len(claim(of=tomorrow)) == 1
    for day in (night, tomorrow):
        notice = settings.outbox / "tax" / str(day) / "a.csv.未接收.txt"
        assert "《a.csv》与校验文件《a.csv.md5》不符" in notice.read_text("utf-8")
    assert traced(ledger, "held") == [
        (f"{day}:tax/a.csv", {"reason": "checksum"}) for day in (night, tomorrow)
    ]


def test_an_empty_file_is_a_delivery(drop: Drop, claim: Claim) -> None:
    drop("a.csv", "")
    assert claim() == ["2026-11-20-tax-e3b0c442"]


@pytest.mark.parametrize(
    "name", ["a.csv.part", "a.csv.filepart", "a.TMP", "~$a.xlsx", ".a.csv", "Thumbs.db"]
)
def test_an_unfinished_file_is_left_alone(
    drop: Drop, claim: Claim, ledger: Ledger, name: str
) -> None:
    drop(name)
    assert claim() == []
    assert ledger.entries("not_a_file") == []


ABSURD = {
    "行政处罚.csv".encode("gb18030"): "行政处罚.csv",
    "行政处罚2.csv".encode(): "行政处罚2.csv",
    b"a\nb.csv": "a\\u000ab.csv",
    b"a\xff\xfe.csv": "aÿþ.csv",
    "a\u202excs.exe".encode(): "a\\u202excs.exe",
    "😀.csv".encode(): "😀.csv",
    b"$(reboot).csv": "$(reboot).csv",
    b"-rf *.csv": "-rf *.csv",
    b"..\\..\\a.csv": None,  # begins with a dot: hidden
    b"a..b\\c.csv": "a..b\\c.csv",
    b"x" * 250 + b".csv": "x" * 250 + ".csv",
    "é.csv".encode(): "é.csv",
    "e\u0301.csv".encode(): "e\u0301.csv",
}


def test_absurd_names_are_harmless(
    settings: Settings, ledger: Ledger, drop: Drop, claim: Claim
) -> None:
    for number, name in enumerate(ABSURD):
        drop(name, f"content {number}")
    claim()
    expected = sorted(shown for shown in ABSURD.values() if shown)
    assert sorted(d.source_file for d in ledger.deliveries()) == expected
    outside = {p.name for p in settings.data.iterdir()}
    assert outside <= {"landing", "ledger.db", "ledger.db-shm", "ledger.db-wal"}


def test_a_link_is_not_followed_and_a_pipe_not_opened(
    sftp: Server, ledger: Ledger, drop: Drop, claim: Claim
) -> None:
    secret = drop("secret.csv", "another department's", department="transport")
    inbox = sftp.drop / "tax" / "inbox"
    (inbox / "link.csv").symlink_to("/transport/inbox/secret.csv")
    (inbox / "full.csv").symlink_to(secret)
    (inbox / "folder").symlink_to(sftp.drop / "transport" / "inbox")
    (inbox / "folder.csv").mkdir()
    os.mkfifo(inbox / "pipe.csv")
    drop("a.csv", "own")
    (inbox / "a.csv.sha256").symlink_to(secret)
    claim()
    assert names(ledger) == ["tax/a.csv", "transport/secret.csv"]
    odd = ("folder", "full.csv", "link.csv", "pipe.csv")
    subjects = [subject for subject, _ in traced(ledger, "not_a_file")]
    assert subjects == [f"2026-11-20:tax/{name}" for name in odd]


def test_a_department_that_is_a_link_is_not_entered(
    sftp: Server, ledger: Ledger, drop: Drop, claim: Claim
) -> None:
    drop("secret.csv", department="transport")
    inbox = sftp.drop / "tax" / "inbox"
    inbox.rmdir()
    inbox.symlink_to("../transport/inbox")
    claim()
    assert names(ledger) == ["transport/secret.csv"]
    ((subject, _),) = traced(ledger, "not_a_file")
    assert subject == "2026-11-20:tax: its inbox is no folder"


def test_a_folder_of_no_department_is_traced(
    sftp: Server, ledger: Ledger, claim: Claim
) -> None:
    (sftp.drop / "weather").mkdir()
    assert claim() == claim() == []
    assert traced(ledger, "unknown_folder") == [("2026-11-20:weather", {})]


def test_a_trial_is_told_by_its_folder_in_any_encoding(
    ledger: Ledger, drop: Drop, claim: Claim
) -> None:
    drop("试报/a.csv", "one")
    drop("试报".encode("gb18030") + b"/b.csv", "two")
    drop("c.csv", "three")
    assert sorted(
        (ledger.delivery(i).name, ledger.delivery(i).trial) for i in claim()
    ) == [
        ("a.csv", True),
        ("b.csv", True),
        ("c.csv", False),
    ]


def test_a_crowded_inbox_is_told_and_harms_nobody_else(
    settings: Settings, catalog: Catalog, ledger: Ledger, night: date, drop: Drop
) -> None:
    for number in range(12):
        drop(f"{number}.csv", f"content {number}")
    drop("a.csv", department="transport")
    small = replace(settings, inbox_entries=11)
    claim_files(NightContext(small, night, catalog=catalog, ledger=ledger), 0)
    assert names(ledger) == ["transport/a.csv"]
    assert traced(ledger, "inbox_crowded") == [("2026-11-20:tax", {"limit": 11})]
    notice = settings.outbox / "tax" / str(night) / "收件夹.未接收.txt"
    assert "超过 11 个" in notice.read_text("utf-8")


def test_a_file_too_big_is_told_and_never_fetched(
    settings: Settings, catalog: Catalog, ledger: Ledger, night: date, drop: Drop
) -> None:
    drop("a.csv", "12345678")
    drop("b.csv", "1234567")
    claim_files(
        NightContext(
            replace(settings, file_bytes=7), night, catalog=catalog, ledger=ledger
        ),
        0,
    )
    assert names(ledger) == ["tax/b.csv"]
    assert traced(ledger, "held") == [("2026-11-20:tax/a.csv", {"reason": "too_big"})]
    assert len(list(settings.landing.rglob("original"))) == 1


def judged(verdict: str) -> Callable[[Ledger, str], None]:
    def judge(ledger: Ledger, identity: str) -> None:
        ledger.name_batch(identity, "administrative_penalty")
        ledger.set_verdict(identity, verdict, RowCounts(1, 1, 0, 0), "v1")

    return judge


STATES: dict[str, Callable[[Ledger, str], object]] = {
    "claimed": lambda ledger, identity: None,
    "recognised": lambda ledger, identity: ledger.name_batch(identity, None),
    "accepted": judged("accepted"),
    "refused": judged("refused"),
}


@pytest.mark.parametrize(
    ("state", "name"),
    [
        ("claimed", "b.csv"),
        ("claimed", "a.csv"),  # uploaded again
        ("claimed", "folder/a.csv"),
        ("recognised", "b.csv"),
        ("accepted", "b.csv"),
        ("refused", "b.csv"),
    ],
)
def test_the_same_delivery_again_gets_a_receipt_that_says_so(
    settings: Settings,
    ledger: Ledger,
    drop: Drop,
    claim: Claim,
    night: date,
    state: str,
    name: str,
) -> None:
    drop("a.csv", "same", at=1_000)
    (first,) = claim()
    STATES[state](ledger, first)
    known = ledger.delivery(first)
    drop(name, "same", at=2_000)
    claim()
    (again,) = [d for d in ledger.deliveries() if d.delivery_id != first]
    assert (again.verdict, again.duplicate_of) == ("duplicate", first)
    folder = settings.outbox / "tax" / str(night)
    receipt = files.read_json(folder / f"{again.answer_name}.receipt.json")
    assert receipt["verdict"] == "duplicate"
    assert "内容完全相同" in receipt["findings"][0]["message"]
    assert ledger.delivery(first) == known
    before = ledger.entries()
    claim()
    assert ledger.entries() == before


def test_the_same_delivery_in_a_later_night_is_checked_anew(
    ledger: Ledger, drop: Drop, claim: Claim, night: date
) -> None:
    drop("a.csv", "same", at=1_000)
    (first,) = claim()
    judged("accepted")(ledger, first)
    ledger.set_state(night, "merged")
    drop("a.csv", "same", at=2_000)
    later = night + timedelta(days=1)
    (again,) = claim(of=later)
    made = ledger.delivery(again)
    assert (made.verdict, made.duplicate_of) == (None, None)
    assert [d.delivery_id for d in ledger.same_bytes_before(made)] == [first]
    assert claim(of=later) == [again]


def test_a_file_taken_away_and_put_back_is_another_delivery_of_it(
    settings: Settings, ledger: Ledger, drop: Drop, claim: Claim
) -> None:
    path = drop("a.csv", "same", at=1_000)
    (first,) = claim()
    path.unlink()
    assert claim() == [first]
    drop("a.csv", "same", at=1_000)
    assert claim() == [first]
    assert [d.verdict for d in ledger.deliveries()] == [None, "duplicate"]


def test_a_folder_that_cannot_be_read_for_a_while_forgets_nothing(
    sftp: Server, ledger: Ledger, drop: Drop, claim: Claim
) -> None:
    if not sftp.confined:
        pytest.skip("an account of one's own reads whatever one owns")
    drop("f/a.csv", "1")
    inbox = sftp.drop / "tax" / "inbox"
    claimed = claim()
    (inbox / "f").chmod(0o700)
    drop("b.csv", "2")
    assert len(claim()) == 2
    ((subject, details),) = traced(ledger, "held")
    assert (subject[:17], details) == ("2026-11-20:tax/f:", {"reason": "unreadable"})
    (inbox / "f").chmod(0o755)
    inbox.rename(inbox.with_name("away"))
    claim()
    inbox.with_name("away").rename(inbox)
    assert set(claimed) < set(claim())
    assert ledger.entries("duplicate") == []


def test_a_root_that_is_not_there_is_no_empty_inbox(
    server: Server, ledger: Ledger, claim: Claim, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(PULL, server.connection("pull", root="nowhere"))
    assert claim() == []
    ((_, details),) = traced(ledger, "inbox_out_of_reach")
    assert "its root is not there" in str(details)


def test_local_folders_are_looked_into_as_well(
    settings: Settings, ledger: Ledger, drop: Drop, claim: Claim
) -> None:
    drop("a.csv", "far")
    near = settings.inbox / "tax" / "b.csv"
    near.parent.mkdir(parents=True)
    near.write_text("near")
    claim()
    assert sorted(names(ledger)) == ["tax/a.csv", "tax/b.csv"]
    assert not near.exists()


def silent(server: Server) -> str:
    return server.connection("pull", port=1)


def another_host_key(server: Server) -> str:
    other = server.key_file("push").with_suffix(".pub").read_text()
    return server.connection("pull", host_key=other)


def another_account(server: Server) -> str:
    return server.connection("pull", key_file=str(server.key_file("push")))


def a_password(server: Server) -> str:
    told = json.loads(server.connection("pull"))
    return json.dumps(told | {"password": "geheim"})


def no_host_key(server: Server) -> str:
    return server.connection("pull", host_key="")


def a_broken_key(server: Server) -> str:
    return server.connection("pull", private_key="geheim")


def a_broken_host_key(server: Server) -> str:
    return server.connection("pull", host_key="geheim")


OUT_OF_REACH = {
    silent: "ConnectionRefusedError",
    another_host_key: "another host key than the pinned one",
    another_account: "does not take the account's key",
    a_password: "gives a password",
    no_host_key: "pins no host key",
    a_broken_key: "private key cannot be read",
    a_broken_host_key: "host_key or known_hosts cannot be read",
}


@pytest.mark.parametrize(("how", "why"), OUT_OF_REACH.items())
def test_a_server_out_of_reach_is_traced_and_the_night_goes_on(
    settings: Settings,
    ledger: Ledger,
    server: Server,
    claim: Claim,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    how: Callable[[Server], str],
    why: str,
) -> None:
    monkeypatch.setenv(PULL, how(server))
    near = settings.inbox / "tax" / "b.csv"
    near.parent.mkdir(parents=True)
    near.write_text("near")
    assert len(claim()) == 1
    ((subject, details),) = traced(ledger, "inbox_out_of_reach")
    assert subject == "2026-11-20:sftp:guiji_sftp_pull"
    assert why in str(details)
    assert why in caplog.text
    assert "geheim" not in caplog.text + str(details)


def test_a_file_of_known_hosts_pins_the_server(
    server: Server,
    drop: Drop,
    claim: Claim,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    known = tmp_path / "known_hosts"
    known.write_text(f"[127.0.0.1]:{server.ports['pull']} {server.host_key}\n")
    told = server.connection("pull", host_key="", known_hosts=str(known))
    monkeypatch.setenv(PULL, told)
    drop("a.csv")
    assert len(claim()) == 1
