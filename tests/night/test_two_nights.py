"""A second night: corrections, withdrawals and repeats on top of the first."""

import csv
import json
from pathlib import Path

import pytest
from night.homes import NIGHT, Home

FIRST = "2026-11-19"


@pytest.fixture(scope="module")
def second(tmp_path_factory: pytest.TempPathFactory) -> Home:
    """Two generated nights of a few departments and both databases, both run."""
    home = Home(tmp_path_factory.mktemp("second") / "data")
    home.data.mkdir()
    words = ["--rows", "900", "--seed", "3", "--nights", "2", "--date", NIGHT]
    home.guiji("sample", *words)
    home.keep_few()
    home.guiji("night", "--date", FIRST, code=1)
    home.guiji("sample", "--release", "--date", NIGHT)
    home.guiji("night", "--date", NIGHT, code=1)
    return home


pytestmark = pytest.mark.xdist_group("second")


def rows(home: Home, query: str) -> list[dict]:
    return json.loads(home.guiji("sql", query, "--json"))


def lines(path: Path) -> list[tuple[str, ...]]:
    with path.open(encoding="utf-8", newline="") as file:
        return [tuple(line) for line in csv.reader(file)][1:]


@pytest.mark.duty("FJ4", "GZ11")
def test_every_version_is_kept_and_the_latest_counts(second: Home) -> None:
    found = rows(
        second,
        "select count(*) as versions, count(distinct record_id) as records, "
        "(select count(*) from records) as current, "
        "count(*) filter (where operation = 'revoke') as revoked from history",
    )[0]
    assert found["versions"] > found["records"] == found["current"]
    assert found["revoked"] > 0


@pytest.mark.duty("FJ6")
def test_last_publication_and_delta_make_the_new_one(second: Home) -> None:
    folder = second.data / "publication"
    manifest = json.loads((folder / NIGHT / "manifest.json").read_text("utf-8"))
    assert manifest["previous"] == FIRST
    assert manifest["proof"] == {"previous + delta == full": True}
    changed = 0
    for channel, entries in manifest["channels"].items():
        for entry in entries:
            if entry["kind"] != "delta":
                continue
            name = f"{channel}/{entry['dataset']}.csv"
            state = {line[-1]: line for line in lines(folder / FIRST / "full" / name)}
            for kind, *line in lines(folder / NIGHT / entry["file"]):
                changed += 1
                if kind == "撤下":
                    del state[line[-1]]
                else:
                    state[line[-1]] = tuple(line)
            full = lines(folder / NIGHT / "full" / name)
            assert sorted(state.values()) == sorted(full)
    assert changed > 0


def test_a_past_day_is_answered_as_it_was_known(second: Home) -> None:
    code = rows(
        second,
        "select uscc from history where uscc is not null group by uscc "
        f"having max(merged_night) = '{NIGHT}' and min(merged_night) = '{FIRST}' "
        "order by uscc limit 1",
    )[0]["uscc"]
    then = json.loads(second.guiji("show", code, "--as-of", FIRST, "--json"))
    now = json.loads(second.guiji("show", code, "--json"))
    nights = {
        record["origin"]["merged_night"]
        for dataset in then["datasets"]
        for record in dataset["records"]
    }
    assert nights == {FIRST}
    assert then["datasets"] != now["datasets"]


def test_the_first_month_s_circular_as_known_then_stays(second: Home) -> None:
    words = ["report", "--period", "2026-11", "--known-on", FIRST]
    page = Path(second.guiji(*words).split("circular_html: ")[1].strip())
    sent = second.data / "reports" / FIRST / "circular.json"
    recomputed = page.with_name("circular.json")
    then, now = (json.loads(p.read_text("utf-8")) for p in (sent, recomputed))
    assert now.pop("enterprises") > 0  # counted for periods alone
    assert (then.pop("enterprises"), then.pop("period")) == (
        None,
        f"2026-11-01..{FIRST}",
    )
    assert now.pop("period") == "2026-11"
    assert now == then


def test_everything_verifies(second: Home) -> None:
    assert second.guiji("verify").strip().endswith(" 0")


def test_a_changed_byte_is_found(second: Home, tmp_path: Path) -> None:
    home = second.copy(tmp_path / "data")
    path = next((home.data / "publication" / NIGHT / "full").rglob("*.csv"))
    path.write_bytes(path.read_bytes().replace("贵".encode(), "桂".encode(), 1))
    home.guiji("verify", code=1)
