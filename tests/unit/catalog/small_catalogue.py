"""A catalogue that fits on a screen, to be broken in one place at a time."""

from dataclasses import dataclass
from pathlib import Path

import pytest

from guiji.catalog import load
from guiji.catalog.model import Catalog
from guiji.core.errors import CatalogError

FILES = {
    "catalog/small/jurisdiction.yml": """\
id: small
title: 小市
title_en: Small
document: 小府〔2026〕1号
platform: 小市平台
contact: 小市信用办
region_codes: ["520100"]
grades: [一般, 严重]
opening_ways:
  public: 公开信息
  authorised: 授权信息
  gov_only: 共享信息
  none: 不予共享
  pending: 待定
cycles:
  daily: 1
channels:
  - id: site
    title: 信用小市
    datasets: [penalty]
    clause: 第一条
term_regimes:
  - id: first
    regime: penalty_term
    effective_from: 2019-07-01
    effective_to: 2026-03-31
    months: { 一般: 12, 严重: 36 }
    clause: 第二条
  - id: second
    regime: penalty_term
    effective_from: 2026-04-01
    months: { 一般: 12, 严重: 36 }
    clause: 第三条
clocks_since: 2016-01-01
circular:
  title: 通报
  licence_datasets: []
  penalty_datasets: [penalty]
  late_rate_above: 0.1
  conformity_below: 0.9
  clause: 第四条
codes:
  kind:
    values:
      - { code: 法人, title: 法人, aliases: [企业] }
      - { code: 自然人, title: 自然人 }
""",
    "catalog/small/departments.yml": """\
departments:
  - id: market
    title: 小市市场监督管理局
    uscc: 11520100MB0E10017J
  - id: tax
    title: 小市税务局
    uscc: 11520100MB0E10025D
""",
    "catalog/small/datasets/penalty.yml": """\
title: 行政处罚
summary: 处罚决定
legal_basis: 处罚法
standard: 双公示
version: "1"
valid_from: 2018-07-25
providers: [market, tax]
same_number: {}
coverage: whole_city
update_cycle: daily
share_type: unconditional
share_method: platform
open_level: public
subject_classes: [enterprise]
info_class: licence_penalty
subject: { name: name, uscc: uscc }
key: [number]
event: [decided_on]
status: { item: state, revoked: ["2"] }
clocks:
  - id: delivery
    kind: delivery
    working_days: 7
    clause: 第五条
  - id: publication
    kind: publication
    working_days: 20
    clause: 第六条
publication_term:
  start: decided_on
  end_items: [ends_on]
  regime: penalty_term
  class_item: sort
  classes: { 一般: [罚款], 严重: [吊销] }
  default_class: 一般
  clause: 第七条
extracts:
  - { department: tax, connection: tax_database, table: penalty }
codes:
  sort:
    values:
      - { code: 罚款, title: 罚款 }
      - { code: 吊销, title: 吊销 }
  state:
    values:
      - { code: "1", title: 有效 }
      - { code: "2", title: 无效, aliases: [撤销] }
items:
  - { id: name, title: 名称, code: MC, required: true }
  - { id: uscc, title: 统一社会信用代码, code: DM, type: uscc }
  - { id: category, title: 类别, code: LB, type: code, code_list: kind }
  - id: number
    title: 文号
    code: WH
    aliases: [决定书文号]
    required: true
    required_when: { item: category, values: [法人] }
  - { id: sort, title: 处罚类别, code: CFLB, type: codes, code_list: sort }
  - { id: decided_on, title: 决定日期, code: RQ, type: date }
  - { id: ends_on, title: 截止日期, code: JZ, type: date }
  - { id: fine, title: 罚款金额, code: JE, type: amount, unit: 元 }
  - { id: state, title: 状态, code: ZT, type: code, code_list: state }
""",
    "expectations/small/penalty.yml": """\
rules:
  - id: dates_in_order
    kind: date_order
    items: [decided_on, ends_on]
    message: 日期颠倒
    message_en: dates are reversed
    remedy: 请核对日期。
    clause: 第八条
  - id: not_before
    kind: not_before
    items: [decided_on]
    day: 1949-10-01
    message: 日期过早
    message_en: too early
    remedy: 请核对日期。
    clause: 第九条
""",
}


@dataclass(frozen=True)
class Small:
    """The small catalogue on disk."""

    root: Path

    def replace(self, file: str, old: str, new: str) -> None:
        path = self.root / file
        text = path.read_text(encoding="utf-8")
        assert text.count(old) == 1, f"{file} has {text.count(old)} times {old!r}"
        path.write_text(text.replace(old, new), encoding="utf-8")

    def line(self, file: str, text: str) -> int:
        """Number the last line that holds a text."""
        lines = (self.root / file).read_text(encoding="utf-8").split("\n")
        return max(n for n, line in enumerate(lines, start=1) if text in line)

    def load(self, jurisdiction: str = "small") -> Catalog:
        return load.load_folder(
            self.root / "catalog", self.root / "expectations", jurisdiction
        )

    def error(self, jurisdiction: str = "small") -> str:
        with pytest.raises(CatalogError) as caught:
            self.load(jurisdiction)
        return str(caught.value)
