"""A small jurisdiction for tests of the warehouse and of publication.

Three datasets: registrations, penalties (terms by regime) and licences (delivered in
full, on show while valid); two departments, two channels.
"""

from datetime import date
from typing import Any

import model_builders
from model_builders import dataset, jurisdiction

from guiji.catalog.model import Catalog
from guiji.catalog.vocabulary import SubjectClass

REGISTRAR = "market_regulation"
ECOLOGY = "ecology_environment"

NAME = {"id": "enterprise_name", "title": "企业名称", "code": "QYMC"}
CODE = {"id": "uscc", "title": "统一社会信用代码", "code": "TYDM", "type": "uscc"}

REGISTRATION: dict[str, Any] = {
    "id": "enterprise_registration",
    "title": "企业登记信息",
    "providers": [REGISTRAR],
    "subject": {"name": "enterprise_name", "uscc": "uscc"},
    "role": "register",
    "register_items": {"status": "registration_status"},
    "key": ["uscc"],
    "event": ["approved_on"],
    "codes": {"status": {"values": [{"code": "1", "title": "存续"}]}},
    "items": [
        NAME,
        CODE,
        {"id": "approved_on", "title": "核准日期", "code": "HZRQ", "type": "date"},
        {
            "id": "capital",
            "title": "注册资本",
            "code": "ZCZB",
            "type": "amount",
            "unit": "万元",
        },
        {
            "id": "registration_status",
            "title": "登记状态",
            "code": "DJZT",
            "type": "code",
            "code_list": "status",
        },
        {"id": "domicile", "title": "住所", "code": "ZS"},
        {
            "id": "phone",
            "title": "联系电话",
            "code": "LXDH",
            "type": "phone",
            "masking": "phone",
            "sensitivity": "personal",
            "open_level": "gov_only",
        },
    ],
}

PENALTY: dict[str, Any] = {
    "id": "administrative_penalty",
    "title": "行政处罚信息",
    "providers": [REGISTRAR, ECOLOGY],
    "subject": {
        "name": "counterpart_name",
        "uscc": "uscc",
        "person_id": "counterpart_id_no",
    },
    "key": ["decision_no"],
    "event": ["decided_on"],
    "publication_term": {
        "start": "decided_on",
        "end_items": ["publicity_ends_on"],
        "regime": "penalty",
        "class_item": "penalty_category",
        "classes": {"轻微": ["警告"], "一般": ["罚款"], "严重": ["责令关闭"]},
        "default_class": "一般",
        "clause": "测试",
    },
    "codes": {
        "penalty_category": {
            "other_prefix": "其他-",
            "values": [
                {"code": "警告", "title": "警告"},
                {"code": "罚款", "title": "罚款"},
                {"code": "责令关闭", "title": "责令关闭"},
            ],
        }
    },
    "items": [
        {"id": "counterpart_name", "title": "行政相对人名称", "code": "CF_XDR_MC"},
        CODE,
        {
            "id": "counterpart_id_no",
            "title": "证件号码",
            "code": "CF_XDR_ZJHM",
            "type": "person_id",
            "masking": "person_id",
            "sensitivity": "personal",
            "open_level": "gov_only",
        },
        {"id": "decision_no", "title": "行政处罚决定书文号", "code": "CF_WSH"},
        {
            "id": "penalty_category",
            "title": "处罚类别",
            "code": "CF_CFLB",
            "type": "codes",
            "code_list": "penalty_category",
        },
        {"id": "decided_on", "title": "处罚决定日期", "code": "JDRQ", "type": "date"},
        {
            "id": "publicity_ends_on",
            "title": "公示截止期",
            "code": "CF_GSJZQ",
            "type": "date",
        },
        {
            "id": "remark",
            "title": "备注",
            "code": "BZ",
            "open_level": "pending",
        },
    ],
}

LICENCE: dict[str, Any] = {
    "id": "administrative_licence",
    "title": "行政许可信息",
    "providers": [REGISTRAR, ECOLOGY],
    "delivery": "full",
    "mass_change_limit": 0.5,
    "subject": {"name": "enterprise_name", "uscc": "uscc"},
    "key": ["licence_no"],
    "event": ["decided_on"],
    "publication_term": {
        "start": "decided_on",
        "end_items": ["valid_until"],
        "clause": "测试",
    },
    "items": [
        NAME,
        CODE,
        {"id": "licence_no", "title": "许可编号", "code": "XK_XKBH"},
        {"id": "decided_on", "title": "许可决定日期", "code": "JDRQ", "type": "date"},
        {"id": "valid_until", "title": "有效期至", "code": "YXQZI", "type": "date"},
    ],
}

REPAIR: dict[str, Any] = {
    "id": "credit_repair",
    "title": "信用修复信息",
    "providers": [REGISTRAR, ECOLOGY],
    "open_level": "gov_only",
    "subject": PENALTY["subject"],
    "key": ["repair_no"],
    "event": ["decided_on"],
    "repairs": {
        "dataset": "repaired_dataset",
        "number": "repaired_number",
        "outcome": "repair_outcome",
        "granted": ["准予修复"],
    },
    "items": [
        *PENALTY["items"][:3],
        {"id": "repair_no", "title": "修复受理编号", "code": "XFBH"},
        {"id": "repaired_dataset", "title": "被修复信息类别", "code": "XXLB"},
        {"id": "repaired_number", "title": "被修复信息文书号", "code": "WSH"},
        {"id": "repair_outcome", "title": "修复结果", "code": "XFJL"},
        {"id": "decided_on", "title": "决定日期", "code": "JDRQ", "type": "date"},
    ],
}
"""Repairs of penalties and others; only in catalogues that ask for it."""

JURISDICTION: dict[str, Any] = {
    "channels": [
        {
            "id": "publicity_system",
            "title": "公示系统",
            "datasets": [
                "enterprise_registration",
                "administrative_licence",
                "administrative_penalty",
            ],
            "clause": "测试",
        },
        {
            "id": "credit_net",
            "title": "诚信网",
            "datasets": ["administrative_penalty"],
            "subject_classes": [*SubjectClass],
            "clause": "测试",
        },
    ],
    "term_regimes": [
        {
            "id": "order_58",
            "regime": "penalty",
            "effective_from": date(2023, 5, 1),
            "effective_to": date(2026, 3, 31),
            "months": {"轻微": 0, "一般": 36, "严重": 36},
            "clause": "国家发展改革委令第58号",
        },
        {
            "id": "order_36",
            "regime": "penalty",
            "effective_from": date(2026, 4, 1),
            "months": {"轻微": 0, "一般": 12, "严重": 36},
            "clause": "国家发展改革委令第36号",
        },
    ],
}


def catalog(**changes: dict[str, Any]) -> Catalog:
    """The small jurisdiction; `changes` replace attributes of datasets by id, or of
    the jurisdiction. Repairs are in it where they are named."""
    every = [REGISTRATION, LICENCE, PENALTY]
    if REPAIR["id"] in changes:
        every.append(REPAIR)
    city = jurisdiction(**JURISDICTION | changes.pop("jurisdiction", {}))
    entries = [dataset(**entry | changes.get(entry["id"], {})) for entry in every]
    departments = {d: d for d in (REGISTRAR, ECOLOGY)}
    return model_builders.catalog(city, departments, *entries, version="test-catalogue")
