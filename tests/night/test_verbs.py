"""The command line as people use it: exit codes, answers, clear errors."""

import json
import shutil
from pathlib import Path

import pytest
from night.homes import NIGHT, Home
from settings_builders import CITY

VIEWS = (
    *("records", "history", "enterprises", "quarantine"),
    *("findings", "deliveries", "breaches", "published"),
)
SAMPLE = "inbox/market_regulation"


def test_stages_by_hand_end_as_the_night_does(few_ended: Home, fresh: Home) -> None:
    from night.homes import differences

    fresh.guiji("claim", "--date", NIGHT)
    fresh.guiji("check-batches", "--date", NIGHT, code=1)
    fresh.guiji("merge", "--date", NIGHT)
    fresh.guiji("publish", "--date", NIGHT)
    fresh.guiji("report", "--date", NIGHT)
    assert differences(few_ended.tree(), fresh.tree()) == []


def test_check_gives_the_verdict_of_the_night(ended: Home, dropped: Home) -> None:
    inbox = dropped.data / "inbox" / "health_commission"
    file = next(p for p in sorted(inbox.glob("行政许可信息_贵阳*.xlsx")))
    words = ["check", str(file), "--department", "health_commission", "--json"]
    told = json.loads(dropped.guiji(*words, code=1))
    answered = f"outbox/health_commission/{NIGHT}/{file.name}.receipt.json"
    receipt = json.loads((ended.data / answered).read_text("utf-8"))
    assert told["verdict"] == receipt["verdict"] == "partly"
    assert told["rows"]["quarantined"] == receipt["rows"]["quarantined"] > 0
    told_rules = [(f["row"], f["column"], f["rule"]) for f in told["findings"]]
    assert told_rules == [
        (f["row"], f["column"], f["rule"]) for f in receipt["findings"]
    ]


def test_check_leaves_nothing_behind(dropped: Home) -> None:
    before = dropped.tree("inbox", "landing", "batches", "outbox")
    file = next((dropped.data / SAMPLE).glob("经营异常名录信息_贵阳*.csv"))
    dropped.guiji("check", str(file), "--department", "market_regulation", code=1)
    assert dropped.tree("inbox", "landing", "batches", "outbox") == before


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (["night", "--date", "20. November"], 2),
        *(
            (["night", "--date", "2062-11-30"], 2),
            (["replay", "--date", "2062-11-30"], 2),
        ),
        (["night", "--no-such-option"], 2),
        (["sql", "drop table records"], 2),
        (["sql", "select * from read_csv('/etc/passwd')"], 2),
        (["explain", "no-such-id"], 2),
        (["catalogue", "page", "no_such_dataset"], 2),
        (["check", "no-such-file.csv"], 2),
        (["report", "--known-on", NIGHT], 2),
        (["catalogue", "validate"], 0),
        (["catalogue", "diff", "current"], 0),
        (["catalogue", "proposals"], 0),
        (["catalogue", "proposal", "2026-001"], 2),
        (["catalogue", "diff", "no such version"], 2),
        (["verify"], 0),
    ],
)
def test_exit_codes(ended: Home, words: list[str], code: int) -> None:
    ended.guiji(*words, code=code)


@pytest.mark.parametrize(
    ("words", "code"), [(["night", "--no-such-option"], 2), (["verify"], 0)]
)
def test_the_program_ends_with_the_code_of_the_verb(
    ended: Home, words: list[str], code: int
) -> None:
    ended.process(["guiji", *words], code=code)


def test_sql_over_every_view(ended: Home) -> None:
    views = (
        "records history enterprises quarantine findings deliveries breaches published"
    )
    for view in views.split():
        found = json.loads(
            ended.guiji("sql", f"select count(*) n from {view}", "--json")
        )
        assert found[0]["n"] > 0, view


def test_a_past_month_is_recomputed(ended: Home, tmp_path: Path) -> None:
    home = ended.copy(tmp_path / "data")
    words = ["report", "--period", "2026-11", "--known-on", NIGHT]
    first = home.guiji(*words)
    page = Path(first.split("circular_html: ")[1].strip())
    before = page.read_bytes()
    assert home.guiji(*words) == first
    assert page.read_bytes() == before


def test_template_is_a_delivery_without_rows(ended: Home, tmp_path: Path) -> None:
    path = tmp_path / "行政处罚信息.xlsx"
    ended.guiji("catalogue", "template", "administrative_penalty", "--out", str(path))
    words = ["check", str(path), "--department", "transport", "--json"]
    receipt = json.loads(ended.guiji(*words))
    assert receipt["verdict"] == "accepted"
    assert receipt["rows"]["read"] == 0


def test_a_catalogue_with_an_error_stops_with_file_line_and_remedy(
    fresh: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken = tmp_path / "catalog"
    shutil.copytree(CITY, broken)
    path = broken / "common" / "datasets" / "spot_check.yml"
    text = path.read_text("utf-8")
    path.write_text(text.replace("update_cycle:", "update_cicle:"), "utf-8")
    line = next(
        n for n, x in enumerate(path.read_text("utf-8").splitlines(), 1) if "cicle" in x
    )
    home = Home(fresh.data)
    import subprocess
    import sys

    done = subprocess.run(
        [str(Path(sys.executable).with_name("guiji")), "night", "--date", NIGHT],
        env=home.environment | {"GUIJI_CATALOG": str(broken)},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 3
    assert f"spot_check.yml:{line}" in done.stderr
    assert "update_cycle" in done.stderr
    assert (home.data / SAMPLE).is_dir()
