"""One department that delivers its penalties, night after night."""

from datetime import timedelta
from typing import Any

from spot_office import FIRST, Office

from guiji import pipeline
from guiji.core import business_date, files
from guiji.intake import arrivals
from guiji.ledger.deliveries import Delivery
from guiji.reports.rule_docs.values import org_code
from guiji.sample import corrupt

DATASET = "administrative_penalty"
HOUSING = "housing_urban_rural"
ECOLOGY = "ecology_environment"
BODIES = {
    HOUSING: ("贵阳市住房和城乡建设局", "11520100MB0E10025D"),
    ECOLOGY: ("贵阳市生态环境局", "11520100MB0E100338"),
}
COLUMNS = {
    "operation": "操作",
    "name": "行政相对人名称",
    "category": "行政相对人类别",
    "code": "统一社会信用代码",
    "head": "法定代表人",
    "number": "行政处罚决定书文号",
    "violation": "违法行为类型",
    "facts": "违法事实",
    "basis": "处罚依据",
    "kind": "处罚类别",
    "content": "处罚内容",
    "fine": "罚款金额（万元）",
    "day": "处罚决定日期",
    "valid": "处罚有效期",
    "authority": "处罚机关",
    "authority_code": "处罚机关统一社会信用代码",
    "source": "数据来源单位",
    "source_code": "数据来源单位统一社会信用代码",
}
HEADINGS = ",".join(COLUMNS.values())


def code(enterprise: int) -> str:
    """The credit code of an enterprise that nobody has."""
    return corrupt.closed(f"91520102{org_code(enterprise)}")


def decision(serial: str, enterprise: int, body: str = HOUSING, **changes: str) -> str:
    """A penalty; what a test is not about is the same in all of them."""
    title, uscc = BODIES[body]
    cells = {
        "operation": "",
        "name": f"贵阳样品{enterprise}号建设有限公司",
        "category": "法人及非法人组织",
        "code": code(enterprise),
        "head": "甲某",
        "number": f"筑建罚〔2026〕{serial}号",
        "violation": "违反安全管理",
        "facts": "未按规定设置安全警示",
        "basis": "《建设工程安全生产管理条例》第六十二条",
        "kind": "罚款",
        "content": "罚款2万元",
        "fine": "2",
        "day": "2026-11-16",
        "valid": "2099-12-31",
        "authority": title,
        "authority_code": uscc,
        "source": title,
        "source_code": uscc,
    }
    return ",".join((cells | changes).values())


class PenaltyOffice(Office):
    """What the platform and the department do with penalties."""

    def delivered(  # type: ignore[override]
        self, number: int, *rows: str, sender: str = HOUSING
    ) -> Delivery:
        """Drop one file, run the night, give what became of it."""
        self.dropped(number, *rows, sender=sender)
        (made,) = self.night(number)
        return made

    def dropped(
        self, number: int, *rows: str, sender: str = HOUSING, earlier: int = 0
    ) -> None:
        """Drop one file for a night, so many hours before its cut-off."""
        path = self.settings.inbox / sender / f"行政处罚信息{number}.csv"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("\n".join([HEADINGS, *rows, ""]), encoding="utf-8")
        night = FIRST + timedelta(days=number - 1)
        arrived = business_date.instant(night) - timedelta(hours=earlier)
        arrivals.note(self.settings.inbox, path, arrived)

    def findings(self, made: Delivery) -> dict[int, dict[str, dict[str, Any]]]:
        """Row -> kind of rule -> the receipt's finding."""
        folder = self.settings.outbox / made.department / str(made.night)
        told: dict[int, dict[str, dict[str, Any]]] = {}
        receipt = files.read_json(folder / f"{made.answer_name}.receipt.json")
        for finding in receipt["findings"]:
            kind = finding["rule"].removeprefix(f"{DATASET}.")
            told.setdefault(finding["row"], {})[kind] = finding
        return told

    def held(self) -> list[tuple[Any, ...]]:
        """Number, enterprise, day and operation of every current record."""
        found = pipeline.sql(
            "select content->>'decision_no', uscc, event_on, operation from records "
            "order by 1, 2"
        )
        return [tuple(row) for row in found["rows"]]
