"""What P2 reads: text rows of administrative penalties, 18 columns, seeded.

About two rows in a hundred hold something that departments really deliver: blanks and
zero-width characters, null tokens, other brackets, other date formats, amounts with
their unit, credit codes that are wrong, missing or a person's ID.
"""

from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from guiji.catalog.model import (
    Catalog,
    Channel,
    CircularRules,
    Clock,
    Code,
    CodeList,
    Dataset,
    Item,
    Jurisdiction,
    Subject,
)
from guiji.catalog.vocabulary import (
    Coverage,
    InfoClass,
    ItemType,
    Masking,
    OpenLevel,
    ShareMethod,
    ShareType,
    SubjectClass,
    UpdateCycle,
)

SEED = 20260920
KEY = b"benchmark key of thirty-two byte"
OWNER = "market_regulation"
DATASET = "administrative_penalty"
REGIONS = ("520102", "520103", "520111", "520112", "520113", "520115", "520181")
CATEGORIES = ("警告", "罚款", "没收违法所得、没收非法财物", "责令停产停业", "通报批评")
HIDDEN = {"masking": Masking.PERSON_ID, "open_level": OpenLevel.NONE}
ITEMS = (
    Item(id="counterpart_name", title="行政相对人名称", code="CF_XDR_MC"),
    Item(id="uscc", title="统一社会信用代码", code="CF_XDR_SHXYM", type=ItemType.USCC),
    Item(id="org_code", title="组织机构代码", code="ZZJG", type=ItemType.ORG_CODE),
    Item(id="registration_no", title="工商注册号", code="CF_XDR_GSZC"),
    Item(id="legal_representative", title="法定代表人", code="CF_FRDB"),
    Item(id="counterpart_id_no", title="证件号码", code="CF_XDR_ZJHM",
         type=ItemType.PERSON_ID, **HIDDEN),
    Item(id="decision_no", title="决定书文号", code="CF_WSH"),
    Item(id="violation_type", title="违法行为类型", code="CF_WFXW"),
    Item(id="violation_facts", title="违法事实", code="CF_SY"),
    Item(id="penalty_basis", title="处罚依据", code="CF_YJ"),
    Item(id="penalty_category", title="处罚类别", code="CF_CFLB",
         type=ItemType.CODES, code_list="category"),
    Item(id="penalty_content", title="处罚内容", code="CF_NR"),
    Item(id="fine_amount", title="罚款金额（万元）", code="CF_NR_FK",
         type=ItemType.AMOUNT, unit="万元"),
    Item(id="decided_on", title="决定日期", code="CF_JDRQ", type=ItemType.DATE),
    Item(id="valid_until", title="有效期", code="CF_YXQ", type=ItemType.DATE),
    Item(id="authority_name", title="处罚机关", code="CF_CFJG"),
    Item(id="authority_uscc", title="机关代码", code="CF_CFJGDM", type=ItemType.USCC),
    Item(id="remark", title="备注", code="BZ"),
)  # fmt: skip

_ALPHABET = np.frombuffer(b"0123456789ABCDEFGHJKLMNPQRTUWXY", np.uint8)
_WEIGHTS = np.array([pow(3, i, 31) for i in range(17)])
_ORG_WEIGHTS = np.array([3, 7, 9, 10, 5, 8, 4, 2])


def dataset() -> Dataset:
    """Return the catalogue entry of the 18 columns."""
    categories = tuple(Code(code=c, title=c) for c in CATEGORIES)
    return Dataset(
        id=DATASET, title="行政处罚", summary="行政处罚", legal_basis="行政处罚法",
        standard="双公示数据标准(2018)", version="1", valid_from=date(2018, 7, 25),
        providers=(OWNER,), coverage=Coverage.WHOLE_CITY,
        update_cycle=UpdateCycle.DAILY, share_type=ShareType.UNCONDITIONAL,
        share_method=ShareMethod.PLATFORM, open_level=OpenLevel.PUBLIC,
        subject_classes=(SubjectClass.ENTERPRISE,),
        info_class=InfoClass.LICENCE_PENALTY,
        subject=Subject(
            name="counterpart_name", uscc="uscc", person_id="counterpart_id_no"
        ),
        identifiers={
            "registration_number": "registration_no",
            "organisation_code": "org_code",
        },
        key=("decision_no", "authority_uscc"), event=("decided_on",),
        clocks=(Clock(id="d", kind="delivery", working_days=7, clause="渝 十四"),),
        codes={"category": CodeList(values=categories, other_prefix="其他-")},
        items=ITEMS,
    )  # fmt: skip


def catalog() -> Catalog:
    """Return a catalogue of that one entry."""
    jurisdiction = Jurisdiction(
        id="bench", title="贵阳市", title_en="Guiyang", document="筑府办发〔2016〕39号",
        platform="平台", contact="信用办", region_codes=REGIONS, grades=("一般",),
        opening_ways={}, cycles={},
        channels=(Channel(id="c", title="公示", datasets=(DATASET,), clause="-"),),
        circular=CircularRules(
            title="通报", licence_datasets=(), penalty_datasets=(DATASET,),
            late_rate_above=0.1, conformity_below=0.9, clause="-",
        ),
    )  # fmt: skip
    return Catalog(
        jurisdiction=jurisdiction, departments={}, version="1",
        datasets={DATASET: dataset()},
    )  # fmt: skip


def write(path: Path, rows: int) -> None:
    """Write the text rows as Parquet."""
    pq.write_table(make(rows), path, compression="zstd")


def make(rows: int) -> pa.Table:
    """Make the text rows."""
    rng = np.random.default_rng(SEED)
    cells = _parties(rng, rows) | _decisions(rng, rows)
    for name, values in cells.items():
        _spoil(rng, name, values)
    table = {item.id: pa.array(cells[item.id], pa.string()) for item in ITEMS}
    return pa.table({
        "source_sheet": pa.nulls(rows, pa.string()),
        "source_row": pa.array(np.arange(2, rows + 2), pa.int32()),
        "fault": pa.nulls(rows, pa.string()),
        **table,
    })  # fmt: skip


def _parties(rng: np.random.Generator, rows: int) -> dict[str, list[str | None]]:
    """Make who was penalised, and by whom."""
    serial = range(rows)
    codes = credit_codes(rng, rows)
    authorities = credit_codes(rng, 40, head=b"11")
    who = rng.integers(0, 40, rows)
    person = rng.random(rows) < 0.03
    places = "云岩南明花溪乌当"
    return {
        "counterpart_name": [
            f"贵阳{places[i % 8]}某某{i % 9973}商贸有限公司{i}" for i in serial
        ],
        "uscc": [None if p else c for c, p in zip(codes, person, strict=True)],
        "org_code": [
            f"{c[8:16]}-{c[16]}" if i % 10 == 0 else None for i, c in enumerate(codes)
        ],
        "registration_no": [f"5201{i:011d}" if i % 5 == 0 else None for i in serial],
        "legal_representative": [
            "王李张刘陈"[i % 5] + chr(0x4E00 + i % 3000) + chr(0x5000 + i % 777)
            for i in serial
        ],
        "counterpart_id_no": [
            resident_id(i) if p else None for i, p in zip(serial, person, strict=True)
        ],
        "authority_name": [f"贵阳市第{w}市场监督管理分局" for w in who],
        "authority_uscc": [authorities[w] for w in who],
    }


def _decisions(rng: np.random.Generator, rows: int) -> dict[str, list[str | None]]:
    """Make what was decided, and why."""
    serial = range(rows)
    days = [date(2019, 1, 1) + timedelta(days=d) for d in range(2800)]
    when = rng.integers(0, len(days), rows)
    kind = rng.integers(0, 4, rows)
    words = ("未按规定公示年度报告", "超出核准范围经营", "发布虚假广告", "未明码标价")
    categories = ("罚款", "警告;罚款", "罚款，警告", "通报批评")
    return {
        "decision_no": [f"筑市监罚〔{2019 + i % 8}〕{i}号" for i in serial],
        "violation_type": [words[k] for k in kind],
        "violation_facts": [
            f"经查，当事人自{2019 + i % 8}年{i % 12 + 1}月起{words[k]}，涉案货值{i}元，"
            "上述事实有现场检查笔录、询问笔录、相关票据等证据证实。"
            for i, k in zip(serial, kind, strict=True)
        ],
        "penalty_basis": [f"《企业信息公示暂行条例》第{k + 17}条第一款" for k in kind],
        "penalty_category": [categories[k] for k in kind],
        "penalty_content": [f"责令改正，罚款人民币{i % 5000}元" for i in serial],
        "fine_amount": [f"{i % 5000 / 10000:g}" for i in serial],
        "decided_on": [days[d].isoformat() for d in when],
        "valid_until": [days[d].replace(day=1).strftime("%Y/%m/%d") for d in when],
        "remark": [("无", None, "N/A", "已缴纳")[k] for k in kind],
    }


def credit_codes(rng: np.random.Generator, rows: int, head: bytes = b"91") -> list[str]:
    """Make codes that pass every check."""
    regions = np.array([list(r.encode()) for r in REGIONS], np.uint8)
    codes = np.empty((rows, 18), np.uint8)
    codes[:, :2] = list(head)
    codes[:, 2:8] = regions[rng.integers(0, len(REGIONS), rows)]
    codes[:, 8:10] = list(b"MA")
    codes[:, 10:16] = _ALPHABET[rng.integers(0, 31, (rows, 6))]
    body = codes[:, 8:16].astype(np.int64)
    values = np.where(body > 57, body - 55, body - 48)
    codes[:, 16] = np.frombuffer(b"0X987654321", np.uint8)[values @ _ORG_WEIGHTS % 11]
    codes[:, 17] = _ALPHABET[(31 - _values(codes[:, :17]) @ _WEIGHTS % 31) % 31]
    return [code.tobytes().decode() for code in codes]


def _values(codes: NDArray[np.uint8]) -> NDArray[np.int64]:
    table = np.zeros(256, np.int64)
    table[_ALPHABET] = np.arange(31)
    return table[codes]


def resident_id(serial: int) -> str:
    """Make a resident ID of a county that does not exist."""
    born = date(1950, 1, 1) + timedelta(days=int(serial) % 20_000)
    stem = f"529901{born:%Y%m%d}{serial % 1000:03d}"
    total = sum(int(d) * pow(2, 17 - i, 11) for i, d in enumerate(stem))
    return stem + "10X98765432"[total % 11]


def _spoil(rng: np.random.Generator, name: str, values: list[str | None]) -> None:
    """Put into two cells in a hundred what real files hold."""
    for row in np.flatnonzero(rng.random(len(values)) < 0.02):
        value = values[row]
        if value is None:
            continue
        way = int(row) % 3
        if name == "decision_no":
            values[row] = value.translate(
                str.maketrans("〔〕", ("[]", "()", "【】")[way])
            )
        elif name in ("decided_on", "valid_until"):
            y, m, d = value.replace("/", "-").split("-")
            values[row] = (f"{y}年{int(m)}月{int(d)}日", f"{y}{m}{d}", "长期")[way]
        elif name == "fine_amount":
            values[row] = (f"{value}(万元)", f"{float(value) * 10000:,.2f}元", "暂无")[
                way
            ]
        elif name == "uscc":
            values[row] = (value.lower(), value[:17] + "A", resident_id(row))[way]
        elif name != "counterpart_id_no":
            values[row] = (f" {value}", f"{value}\u3000", f"\ufeff{value}")[way]
