"""One department that delivers its spot checks in full, night after night."""

import json
import shutil
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from settings_builders import CITY, environment

from guiji import pipeline
from guiji.core import settings as settings_module
from guiji.core.settings import Settings
from guiji.ledger.deliveries import Delivery
from guiji.ledger.ledger import Ledger

DEPARTMENT = "market_regulation"
DATASET = "spot_check"
FIRST = date(2026, 11, 18)
CODE = "9152000071430580XT"
HEADINGS = (
    "抽查检查编号,企业名称,统一社会信用代码,检查实施机关,检查类型,检查日期,检查结果"
)


def line(number: int, **changes: str) -> str:
    """A spot check; what a test is not about is the same in all of them."""
    cells = {
        "number": f"{number:04}",
        "name": "贵州甲有限公司",
        "code": CODE,
        "authority": "贵阳市市场监督管理局",
        "kind": "抽查",
        "day": "2026-11-02",
        "result": "未发现问题",
    }
    return ",".join((cells | changes).values())


def lines(*numbers: Iterable[int], **changes: str) -> list[str]:
    return [line(n, **changes) for some in numbers for n in some]


@dataclass
class Office:
    """What the platform and the department do, one night after the other."""

    settings: Settings

    @property
    def ledger(self) -> Ledger:
        return Ledger.open(self.settings)

    def drop(self, name: str, rows: list[str], headings: str = HEADINGS) -> None:
        path = self.settings.inbox / DEPARTMENT / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("\n".join([headings, *rows, ""]), encoding="utf-8")

    def night(self, number: int) -> list[Delivery]:
        """Run a night up to its merge; give its deliveries."""
        night = str(FIRST + timedelta(days=number - 1))
        pipeline.claim(night)
        pipeline.check(night, pipeline.unchecked(night))
        pipeline.merge(night)
        return self.ledger.deliveries(date.fromisoformat(night))

    def delivered(
        self, number: int, rows: list[str], headings: str = HEADINGS
    ) -> Delivery:
        """Drop one file, run the night, give what became of it."""
        self.drop(f"抽查检查_{number}.csv", rows, headings)
        (made,) = self.night(number)
        return made

    def receipt(self, made: Delivery) -> dict[str, Any]:
        folder = self.settings.outbox / DEPARTMENT / str(made.night)
        path = folder / f"{made.answer_name}.receipt.json"
        told: dict[str, Any] = json.loads(path.read_text("utf-8"))
        return told

    def told(self, made: Delivery) -> dict[str, tuple[str, str]]:
        """Rule -> severity and message of what is said of a delivery as a whole."""
        return {
            f["rule"].removeprefix(f"{DATASET}."): (f["severity"], f["message"])
            for f in self.receipt(made)["findings"]
            if f["row"] is None
        }

    def standing(self) -> dict[str, str]:
        """Number -> result of the records that are not revoked."""
        found = pipeline.sql(
            "select record_key, content->>'result' from records "
            "where operation <> 'revoke' order by record_key"
        )
        return dict(found["rows"])


def office_in(data: Path, catalog: Path, monkeypatch: pytest.MonkeyPatch) -> Office:
    """Let the environment name a data folder and a catalogue."""
    for name, value in environment(data, catalog).items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("GUIJI_SETTLE_SECONDS", "0")
    data.mkdir(exist_ok=True)
    return Office(settings_module.current())


def limited(folder: Path, entry: str) -> Path:
    """A copy of the catalogue in which the spot checks say more."""
    shutil.copytree(CITY, folder)
    path = folder / "guiyang" / "datasets" / f"{DATASET}.yml"
    text = path.read_text("utf-8")
    path.write_text(f"{text}{entry}\n", encoding="utf-8")
    return folder
