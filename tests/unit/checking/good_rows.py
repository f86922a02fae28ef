"""One good row of every dataset, as text, and how to make it again under another key.

Every item that may be filled in is, so that it can be spoilt. A dataset has several
good rows where not all items can be filled in at once.
"""

from dataclasses import dataclass, field

from guiji.sample import corrupt

Row = dict[str, str]

AGENCY = "11520100MB0E10017J"
RESIDENT, ANOTHER_RESIDENT = corrupt.a_person_id(1), corrupt.a_person_id(2)
"""Identity numbers that nobody has: their check characters are right."""


def org_code(number: int) -> str:
    """Make an organisation code with a right check digit (GB 11714-1997)."""
    digits = f"MA{number:06d}"
    values = [int(c, 36) for c in digits]
    weights = (3, 7, 9, 10, 5, 8, 4, 2)
    check = 11 - sum(v * w for v, w in zip(values, weights, strict=True)) % 11
    return digits + {10: "X", 11: "0"}.get(check, str(check))


def uscc(number: int, pair: str = "91") -> str:
    """Make a credit code of Guiyang that passes all checks."""
    return corrupt.closed(f"{pair}520102{org_code(number)}")


@dataclass(frozen=True)
class Good:
    """Good rows of one dataset.

    Attributes:
        row: the fullest one.
        others: what is otherwise in further ones.
        fresh: item -> what tells rows apart; `{n}` is the row's number.
        own_code: every row has a credit code of its own.
    """

    row: Row
    others: tuple[Row, ...] = ()
    fresh: Row = field(default_factory=dict)
    own_code: bool = False


def decided(*, natural: Row, household: Row, row: Row, **rest: object) -> Good:
    """Make the good rows of a decision about an organisation, a household, a person."""
    return Good(row=row, others=(natural, household), **rest)


COUNTERPART = {
    "counterpart_name": "贵阳示范商贸有限公司",
    "counterpart_category": "法人及非法人组织",
    "uscc": uscc(1),
    "registration_no": "520102000012345",
    "org_code": org_code(1),
    "tax_no": "520102" + org_code(1),
    "institution_no": "152010200001",
    "social_organisation_no": "520102MJ0001",
    "legal_representative": "张三",
    "legal_representative_id_type": "身份证",
    "legal_representative_id_no": RESIDENT,
}
NATURAL = {
    **dict.fromkeys(COUNTERPART, ""),
    "counterpart_name": "李四",
    "counterpart_category": "自然人",
    "counterpart_id_type": "身份证",
    "counterpart_id_no": ANOTHER_RESIDENT,
}
HOUSEHOLD = {
    "counterpart_name": "南明区示范经营部",
    "counterpart_category": "个体工商户",
    "uscc": uscc(2, "92"),
    "org_code": org_code(2),
    "tax_no": "",
}
OF_LICENCE = {
    "document_name": "准予行政许可决定书",
    "decision_no": "筑市监许〔2026〕1号",
    "licence_category": "普通",
    "certificate_name": "食品经营许可证",
    "certificate_no": "JY15201020000001",
    "licence_content": "预包装食品销售",
    "decided_on": "2026-11-16",
    "valid_from": "2026-11-16",
    "valid_until": "2031-11-15",
    "authority_name": "贵阳市市场监督管理局",
    "authority_uscc": AGENCY,
    "status": "1",
    "source_name": "贵阳市市场监督管理局",
    "source_uscc": AGENCY,
    "remark": "网上办理",
}
OF_PENALTY = {
    "decision_no": "筑市监罚〔2026〕1号",
    "violation_type": "发布虚假广告",
    "violation_facts": "经查，当事人发布与实际情况不符的广告",
    "penalty_basis": "《中华人民共和国广告法》第五十五条第一款",
    "penalty_category": "罚款；没收违法所得；暂扣许可证",
    "penalty_content": "罚款人民币贰仟元整；没收违法所得500元；暂扣许可证",
    "fine_amount": "0.2",
    "confiscated_amount": "0.05",
    "suspended_certificate": "食品经营许可证 JY15201020000001",
    "decided_on": "2026-11-16",
    "valid_until": "2027-11-16",
    "publicity_ends_on": "2027-11-15",
    "authority_name": "贵阳市市场监督管理局",
    "authority_uscc": AGENCY,
    "source_name": "贵阳市市场监督管理局",
    "source_uscc": AGENCY,
    "remark": "补录",
}
LISTED = {
    "subject_id": "5201020000000001",
    "enterprise_name": "贵阳示范商贸有限公司",
    "uscc": uscc(1),
    "registration_no": "520102000012345",
    "listed_reason": "通过登记的住所或者经营场所无法联系",
    "listed_on": "2026-10-28",
    "listed_by": "贵阳市市场监督管理局",
    "removed_reason": "已履行公示义务，申请移出",
    "removed_on": "2026-11-16",
    "removed_by": "贵阳市市场监督管理局",
}

GOOD: dict[str, Good] = {
    "administrative_licence": decided(
        row={**COUNTERPART, **OF_LICENCE},
        natural=NATURAL,
        household=HOUSEHOLD,
        fresh={"decision_no": "筑市监许〔2026〕{n}号"},
    ),
    "administrative_penalty": decided(
        row={**COUNTERPART, **OF_PENALTY},
        natural=NATURAL,
        household=HOUSEHOLD,
        fresh={"decision_no": "筑市监罚〔2026〕{n}号"},
    ),
    "abnormal_operation_list": Good(
        row={**LISTED, "list_id": "YC1"}, fresh={"list_id": "YC{n}"}
    ),
    "serious_dishonesty_list": Good(
        row={**LISTED, "list_id": "WF1", "dishonesty_grade": "严重"},
        fresh={"list_id": "WF{n}"},
    ),
    "spot_check": Good(
        row={
            "check_id": "SSJ1",
            "subject_id": "5201020000000001",
            "enterprise_name": "贵阳示范商贸有限公司",
            "uscc": uscc(1),
            "registration_no": "520102000012345",
            "authority_name": "贵阳市市场监督管理局",
            "check_type": "抽查",
            "checked_on": "2026-11-02",
            "result": "未发现问题",
            "remark": "双随机",
        },
        fresh={"check_id": "SSJ{n}"},
    ),
    "enterprise_registration": Good(
        row={
            "enterprise_name": "贵阳示范商贸有限公司",
            "uscc": uscc(1),
            "registration_no": "520102000012345",
            "subject_id": "5201020000000001",
            "enterprise_type": "有限责任公司",
            "report_type": "设立",
            "legal_representative": "张三",
            "registered_capital": "100",
            "registered_capital_currency": "人民币",
            "industry_category": "F",
            "industry_code": "5299",
            "established_on": "2016-09-20",
            "approved_on": "2026-11-02",
            "registration_authority": "贵阳市南明区市场监督管理局",
            "registration_status": "存续",
            "business_scope": "日用百货的批发及零售",
            "operation_from": "2016-09-20",
            "operation_to": "2036-09-19",
            "domicile": "贵州省贵阳市南明区解放路1号",
            "domicile_region": "520102",
            "province": "贵州省",
            "city": "贵阳市",
            "production_place": "贵州省贵阳市南明区解放路1号",
            "business_place": "贵州省贵阳市南明区解放路1号",
            "postal_code": "550002",
            "superior_subject_id": "5201020000000002",
        },
        fresh={"enterprise_name": "贵阳第{n}示范商贸有限公司"},
        own_code=True,
    ),
}
