"""Two nights at once: one waits for the other, or is refused with a clear message."""

import subprocess
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from night.homes import Home
from night.loaded import SERVER, Server

FIRST, SECOND = "2026-11-19", "2026-11-20"
INBOX = "inbox/market_regulation"
HEADINGS = (
    "抽查检查编号,企业名称,统一社会信用代码,检查实施机关,检查类型,检查日期,检查结果"
)
LINE = (
    "{:04},贵州甲有限公司,9152000071430580XT,贵阳市市场监督管理局,抽查,2026-11-02,"
    "未发现问题"
)


@pytest.fixture(scope="module")
def servers() -> Iterator[tuple[Server, Server]]:
    """Two loaded processes, so that two commands begin within the same moment."""
    other = Server()
    yield SERVER, other
    other.end()


@pytest.fixture
def home(tmp_path: Path) -> Home:
    """Three small files of one department."""
    made = Home(tmp_path / "data")
    for number in range(3):
        path = made.data / INBOX / f"抽查检查_{number}.csv"
        path.parent.mkdir(parents=True, exist_ok=True)
        rows = [LINE.format(row) for row in range(number * 10, number * 10 + 5)]
        path.write_text("\n".join([HEADINGS, *rows, ""]), "utf-8")
    return made


def nights(
    servers: tuple[Server, Server], home: Home, dates: tuple[str, str], offset: float
) -> list[subprocess.CompletedProcess[str]]:
    """Run `guiji night` twice, the second one a moment after the first."""
    environment = home.environment | {"GUIJI_SETTLE_SECONDS": "0"}

    def run(number: int) -> subprocess.CompletedProcess[str]:
        time.sleep(offset * number)
        command = ["guiji", "night", "--date", dates[number]]
        return servers[number].run(command, environment, home.data.parent)

    with ThreadPoolExecutor(2) as pool:
        return list(pool.map(run, range(2)))


@pytest.mark.parametrize(
    ("dates", "offset"), [((SECOND, SECOND), 0), ((FIRST, SECOND), 1)]
)
def test_one_waits_or_is_refused_clearly(
    servers: tuple[Server, Server], home: Home, dates: tuple[str, str], offset: float
) -> None:
    ended = nights(servers, home, dates, offset)
    told = "\n".join(done.stderr for done in ended)
    assert "Traceback" not in told, told
    codes = sorted(done.returncode for done in ended)
    assert codes in ([0, 0], [0, 3]), told
    if 3 in codes:
        assert "guiji: NightClosed: " in told  # the later night came first
    query = "select count(*) as rows, count(distinct batch_id) as batches from history"
    assert '"rows": 15, "batches": 3' in home.guiji("sql", query, "--json")
    home.guiji("verify")
