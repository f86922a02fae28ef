"""A small jurisdiction without grades, with a dataset of every type and rule."""

from pathlib import Path

SCRATCH = "scratch"

FILES = {
    f"catalog/{SCRATCH}/jurisdiction.yml": """\
id: scratch
extends: [common/codes, common/limits, common/terms]
title: 试验市
title_en: Scratch
document: 试府〔2026〕1号
platform: 试验市平台
contact: 试验市信用办
region_codes: ["500000"]
opening_ways:
  { public: 公开, authorised: 授权, gov_only: 共享, none: 不予共享, pending: 待定 }
channels:
  - id: site
    title: 信用试验
    datasets: [enterprise_registration, school_registration, everything]
    clause: 第一条
circular:
  title: 通报
  licence_datasets: []
  penalty_datasets: []
  late_rate_above: 0.1
  conformity_below: 0.9
  clause: 平台参数
""",
    f"catalog/{SCRATCH}/departments.yml": """\
departments:
  - { id: market, title: 试验市市场监督管理局, uscc: 11520100MB0E10017J }
  - { id: civil_affairs, title: 试验市民政局, uscc: 11520100MB0E10025D }
  - { id: court, title: 试验市人民法院, uscc: 11520100MB0E100338 }
""",
    f"catalog/{SCRATCH}/datasets.yml": """\
defaults:
  version: "1"
  valid_from: 2016-01-01
  coverage: whole_city
  clocks:
    - { id: delivery, kind: delivery, working_days: 10, clause: 第二条 }
datasets:
  - { extends: common/enterprise_registration, providers: [market] }
""",
    f"catalog/{SCRATCH}/datasets/school_registration.yml": """\
title: 学校登记信息
summary: 民办学校的登记
legal_basis: 第三条
standard: 自编
version: "1"
valid_from: 2016-01-01
providers: [civil_affairs]
coverage: whole_city
update_cycle: weekly
share_type: unconditional
share_method: platform
open_level: public
subject_classes: [institution, social_organisation]
info_class: basic
role: register
subject: { name: school_name, uscc: uscc }
key: [uscc]
event: [registered_on]
clocks:
  - { id: delivery, kind: delivery, working_days: 10, clause: 第二条 }
items:
  - { id: school_name, title: 学校名称, code: MC, required: true }
  - { id: uscc, title: 统一社会信用代码, code: DM, type: uscc, required: true }
  - { id: registered_on, title: 登记日期, code: RQ, type: date, required: true }
""",
    f"catalog/{SCRATCH}/datasets/everything.yml": """\
title: 综合信息
summary: 各种类型的信息项
legal_basis: 第三条
standard: 自编
version: "1"
valid_from: 2016-01-01
providers: [court, market]
coverage: whole_city
update_cycle: daily
share_type: unconditional
share_method: platform
open_level: public
subject_classes: [enterprise, institution, person]
info_class: judgment
subject: { name: name, uscc: uscc, person_id: person_no, category: category }
identifiers: { organisation_code: org_code }
key: [number]
authority: { name: body, uscc: body_uscc }
event: [decided_on]
status: { item: state, revoked: ["2"] }
clocks:
  - { id: delivery, kind: delivery, working_days: 10, clause: 第二条 }
publication_term: { start: decided_on, end_items: [until], clause: 第四条 }
codes:
  state:
    values:
      - { code: "2", title: 无效, aliases: [撤销] }
      - { code: "1", title: 有效 }
  sort:
    values:
      - { code: 甲, title: 甲类 }
      - { code: 乙, title: 乙类 }
items:
  - { id: number, title: 判决编号, code: BH, length: 40, required: true }
  - { id: name, title: 名称, code: MC, length: 100, required: true }
  - { id: category, title: 类别, code: LB, type: code,
      code_list: counterpart_category, required: true }
  - id: uscc
    title: 统一社会信用代码
    code: DM
    type: uscc
    required_when: { item: category, values: [法人及非法人组织, 个体工商户] }
    empty_when: { item: category, values: [自然人] }
  - { id: org_code, title: 组织机构代码, code: JG, type: org_code }
  - id: person_no
    title: 证件号码
    code: ZJ
    type: person_id
    required_when: { item: category, values: [自然人] }
    empty_when: { item: category, values: [法人及非法人组织, 个体工商户] }
    masking: person_id
    open_level: authorised
  - { id: body, title: 法院, code: FY, required: true }
  - { id: body_uscc, title: 法院代码, code: FYDM, type: uscc, required: true }
  - { id: heard_on, title: 开庭日期, code: KT, type: date }
  - { id: decided_on, title: 判决日期, code: RQ, type: date, required: true }
  - { id: effective_on, title: 生效日期, code: SX, type: date, required: true }
  - { id: until, title: 公示期限至, code: ZQ, type: date }
  - { id: served_on, title: 送达日期, code: SD, type: date }
  - { id: served_to, title: 送达对象姓名, code: SDDX, length: 4 }
  - { id: sort, title: 种类, code: ZL, type: codes, code_list: sort, required: true }
  - id: sort_reason
    title: 甲类原因
    code: JLYY
    length: 10
    required_when: { item: sort, values: [甲] }
  - { id: worth, title: 标的额（元）, code: BD, type: amount, unit: 元,
      currency_item: worth_currency, minimum: 5000, required: true }
  - { id: worth_currency, title: 币种, code: BZ, type: code, code_list: currency }
  - { id: fee, title: 乙类费用（万元）, code: FEE, type: amount, unit: 万元,
      minimum: 0, maximum: 3 }
  - { id: judges, title: 人数, code: RS, type: integer, minimum: 3, maximum: 7 }
  - { id: year, title: 年度, code: ND, type: integer, required: true }
  - { id: phone, title: 联系电话, code: DH, type: phone, masking: phone,
      open_level: none }
  - { id: room, title: 法庭代号, code: FT, required: true }
  - { id: state, title: 状态, code: ZT, type: code, code_list: state, required: true }
""",
    f"expectations/{SCRATCH}/everything.yml": "rules:\n"
    + "".join(
        f"""\
  - id: {name}
    kind: {kind}
    items: [{items}]
    {more}
    message: 不符
    message_en: wrong
    remedy: 请核对。
    clause: 第五条
"""
        for name, kind, items, more in (
            ("not_late", "not_after_night", "decided_on", "severity: critical"),
            ("not_later", "not_after_night", "effective_on", "severity: critical"),
            ("not_old", "not_before", "heard_on", "day: 2020-01-01"),
            ("heard_first", "date_order", "heard_on, decided_on", "severity: critical"),
            ("in_order", "date_order", "decided_on, effective_on", "severity: warning"),
            ("served", "date_order", "effective_on, served_on", "severity: critical"),
            ("served_in_time", "date_order", "served_on, until", "severity: critical"),
            ("both", "given_with", "served_on, served_to", "severity: critical"),
            ("both_ways", "given_with", "served_to, served_on", "severity: critical"),
            (
                "fee_of_b",
                "given_only_when",
                "fee",
                "when: { item: sort, values: [乙] }",
            ),
            ("room_in_form", "pattern", "room", "pattern: '^[0-9]{4}$'"),
            ("same", "same_characters", "uscc, org_code", "start: 9"),
            ("court", "pair_in", "body_uscc", 'pairs: ["11", "12"]'),
        )
    ),
}


def write(root: Path) -> None:
    """Write the catalogue below a folder that holds the shared definitions."""
    for name, text in FILES.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
