"""A sample is the same wherever it is made, as large as asked, and night by night."""

import hashlib
import os
import subprocess
import sys
from datetime import date
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from sample_world import NEXT, NIGHT, ROWS, SEED
from settings_builders import CITY, REPOSITORY, settings_in

from guiji.catalog import load
from guiji.core.errors import UsageError
from guiji.intake import arrivals
from guiji.sample import enterprises, places
from guiji.sample.generate import generate, release

ELSEWHERE = """
import sys
from datetime import date
from pathlib import Path
from guiji.catalog import load
from guiji.sample.generate import generate
from guiji.core.settings import current
now = current()
generate(now, load.load(now), int(sys.argv[1]), int(sys.argv[2]), 2, date(2026, 11, 20))
"""


def digests(folder: Path) -> dict[str, str]:
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and arrivals.FOLDER not in path.parts  # of a file's time
    }


@pytest.fixture(scope="module")
def elsewhere(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same sample, made by another process that hashes otherwise."""
    folder = tmp_path_factory.mktemp("elsewhere") / "data"
    environment = {
        **os.environ,
        "GUIJI_HOME": str(REPOSITORY),
        "GUIJI_DATA": str(folder),
        "GUIJI_CATALOG": str(CITY),
        "PYTHONHASHSEED": "12345",
    }
    command = [sys.executable, "-c", ELSEWHERE, str(ROWS), str(SEED)]
    subprocess.run(command, env=environment, check=True)
    return folder


def test_the_same_seed_gives_the_same_bytes_in_another_process(
    sample, elsewhere
) -> None:
    assert digests(elsewhere) == digests(sample.settings.data)


def test_another_seed_gives_other_enterprises(sample) -> None:
    where = places.places(
        sample.catalog.jurisdiction.region_codes, REPOSITORY / "catalog/regions.csv"
    )
    one, other = (enterprises.make(where, 500, seed, NIGHT) for seed in (1, 2))
    assert not set(one["uscc"].to_pylist()) & set(other["uscc"].to_pylist())


def test_rows_are_as_many_as_asked(sample) -> None:
    assert sample.result.rows == 2 * ROWS
    for night in (NIGHT, NEXT):
        counted = sum(
            line["rows"]
            for line in sample.expected(night)
            if line["verdict"] != "trial"
        )
        assert counted == ROWS
    assert sample.result.deliveries == sum(
        len(sample.expected(night)) for night in (NIGHT, NEXT)
    )


def test_every_expected_file_lies_in_its_inbox(sample) -> None:
    expected = {sample.path(e) for e in sample.expected() if e["way"] == "file"}
    inbox = sample.settings.inbox
    dropped = {p for p in inbox.glob("[!.]*/**/*") if p.is_file()}
    beside = {p.name for p in dropped - expected}
    assert expected <= dropped
    assert {name.rpartition(".")[2] for name in beside} == {"part", "sha256"}


def test_all_encodings_are_there_and_decode(sample) -> None:
    found = set()
    for line in sample.expected():
        path = sample.path(line)
        if path.suffix not in (".csv", ".txt") or line["verdict"] == "refused":
            continue
        if line["way"] == "extract":
            continue
        content = path.read_bytes()
        if content.startswith(b"\xef\xbb\xbf"):
            found.add("utf-8-sig")
        elif content.startswith(b"\xff\xfe"):
            assert content.decode("utf-16")
            found.add("utf-16")
        else:
            try:
                content.decode("utf-8")
                found.add("utf-8")
            except UnicodeDecodeError:
                assert content.decode("gb18030")
                found.add("gb18030")
    assert found == {"utf-8", "utf-8-sig", "utf-16", "gb18030"}


def test_some_deliveries_have_no_fault(sample) -> None:
    verdicts = [e["verdict"] for e in sample.expected() if e["rows"] > 0]
    assert verdicts.count("accepted") >= 2
    assert verdicts.count("partly") >= 10


def test_the_next_night_waits_for_its_release(tmp_path) -> None:
    settings = settings_in(tmp_path / "data")
    catalog = load.load(settings)
    generate(settings, catalog, 400, SEED, 2, NEXT)
    before = {p for p in settings.inbox.rglob("*") if p.is_file()}
    database = (settings.sources / "guiyang_tax.db").read_bytes()
    release(settings, NEXT)
    after = {p for p in settings.inbox.rglob("*") if p.is_file()}
    assert len(after) > len(before) + 20
    assert (settings.sources / "guiyang_tax.db").read_bytes() != database
    with pytest.raises(UsageError, match="no sample waits"):
        release(settings, NEXT)


def test_the_next_night_corrects_what_was_delivered(sample) -> None:
    waiting = sample.settings.data / "sample" / NEXT.isoformat()
    changes = pq.read_table(waiting / "sources/guiyang_tax.share_penalty.parquet")
    words = set()
    for path in sorted((waiting / "inbox").rglob("*.csv")):
        content = path.read_bytes().decode("utf-8", "replace")
        words |= {w for w in ("新增", "变更", "撤销") if f",{w}\r\n" in content}
    assert words == {"新增", "变更", "撤销"}
    assert "更正后的内容" in str(changes.to_pylist())


def test_a_sample_of_no_night_is_wrong_usage(sample) -> None:
    with pytest.raises(UsageError, match="at least one night"):
        generate(sample.settings, sample.catalog, 1000, 1, 0, date(2026, 11, 20))
