"""What a credit code that is wrong was probably meant to be (更正建议).

A proposal stands beside the finding, for the clerk to hold against the licence: the
value, the row and its verdict stay as they are. Its certainty is in its words:

1. The register knows the row's name with exactly one code that may have become the
   text: "登记名称与本行名称一致". Two such codes, and nothing is proposed.
2. The name belongs to exactly one code, and that is quite another: only a hint, and
   none for individual businesses (个体工商户), whose names are many people's.
3. Letters that no code has were confused, and with the digits meant every check holds;
   the register knows neither name nor code.

Of a person's number and of a natural person's row nothing is proposed.

Source:
    GB 32100-2015; 阳府〔2018〕60号 第十二条 (提供单位对真实性、准确性负责: it decides).
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from guiji.catalog import categories
from guiji.catalog.model import Catalog, Dataset
from guiji.checking.register import NAME, Register
from guiji.domain import columns, fingerprints, repairs, text, uscc
from guiji.domain.columns import Flags

INDIVIDUAL = b"92"
"""Codes of individual businesses begin with it (GB 32100-2015: 工商, 个体工商户)."""

Codes = NDArray[Any]
"""Credit codes of 18 bytes each, as the register keeps them."""

MASKED = "*"
CERTAIN = "{}（登记名称与本行名称一致）"
HINT = "同名企业的代码为{}（与所填代码差异较大，请核对是否为同一企业）"
UNKNOWN = "{}（按易混字符更正后通过校验；平台尚无该企业登记信息，请对照营业执照核对）"


@dataclass(frozen=True)
class _Damaged:
    """The rows of a batch whose credit code is wrong and may be looked into.

    Attributes:
        rows: positions in the typed table.
        codes: as `uscc.normalise` gives them.
        names: for comparison.
        individual: the row says that it is about an individual business.
    """

    rows: columns.Rows
    codes: pa.Array
    names: pa.Array
    individual: Flags


def rule(dataset: Dataset) -> str:
    """Name the rule beside whose findings proposals stand."""
    return f"{dataset.id}.{dataset.subject.uscc}.form"


def _rules(dataset: Dataset) -> pa.Array:
    """Name it, and the one that a code breaks which was kept as a number."""
    code = f"{dataset.id}.{dataset.subject.uscc}"
    return pa.array([rule(dataset), f"{code}.digits_lost"])


def propose(
    dataset: Dataset,
    catalog: Catalog,
    typed: pa.Table,
    table: pa.Table,
    register: Register | None,
) -> pa.Table:
    """Add proposals to the findings about wrong credit codes.

    Args:
        dataset: says which items are code and name.
        catalog: its catalogue.
        typed: the typed table.
        table: the batch's findings, columns of `schemas.FINDINGS`.
        register: what is known; None = nothing is.

    Returns:
        `table` with the column `proposal` filled where there is one to make.
    """
    damaged = _damaged(dataset, catalog, typed)
    if not len(damaged.rows):
        return table
    said = _by_letters(damaged, register)
    if register is not None:
        said = pc.coalesce(_by_name(damaged, register), said)
    addresses = _addresses(typed, damaged.rows)
    by_address = dict(zip(addresses, said.to_pylist(), strict=True))
    hit = np.flatnonzero(
        columns.flags(pc.is_in(table["rule_id"], value_set=_rules(dataset)))
    )
    proposed = [by_address.get(address) for address in _addresses(table, hit)]
    at = table.schema.get_field_index("proposal")
    before = columns.combine(table["proposal"])
    whole = columns.put(before, hit, pa.array(proposed, pa.string()))
    return table.set_column(at, table.schema.field(at), whole)


def _addresses(table: pa.Table, at: columns.Rows) -> list[tuple[str | None, int]]:
    rows = table.select(["source_sheet", "source_row"]).take(pa.array(at))
    sheets, numbers = rows["source_sheet"].to_pylist(), rows["source_row"].to_pylist()
    return list(zip(sheets, numbers, strict=True))


def _damaged(dataset: Dataset, catalog: Catalog, typed: pa.Table) -> _Damaged:
    """Choose the rows; those about persons are left alone."""
    about = dataset.subject
    wrong = pc.invert(typed[f"{about.uscc}__ok"])
    raw = typed[f"{about.uscc}__raw"]
    level = typed[f"{about.uscc}__level"]
    open_ = pc.and_not(wrong, pc.match_substring(raw, MASKED))
    open_ = pc.and_not(open_, pc.equal(level, uscc.Level.LOOKS_LIKE_PERSON_ID.value))
    open_ = pc.and_not(open_, _is(dataset, catalog, typed, categories.PERSON))
    if about.person_id is not None:
        open_ = pc.and_not(open_, typed[about.person_id].is_valid())
    rows = np.flatnonzero(columns.flags(open_))
    chosen = typed.take(pa.array(rows))
    individual = _is(dataset, catalog, chosen, categories.INDIVIDUAL_BUSINESS)
    return _Damaged(
        rows,
        uscc.normalise(chosen[f"{about.uscc}__raw"]),
        text.name_norm(chosen[about.name]),
        columns.flags(individual),
    )


def _is(
    dataset: Dataset, catalog: Catalog, typed: pa.Table, title: str
) -> pa.Array | pa.ChunkedArray:
    """Return the rows that say they are about a category."""
    value = categories.stored(catalog, dataset, title)
    if value is None or dataset.subject.category is None:
        return pa.array(np.zeros(len(typed), np.bool_))
    return pc.fill_null(pc.equal(typed[dataset.subject.category], value), False)


def _by_name(damaged: _Damaged, register: Register) -> pa.Array:
    """Find codes registered under the rows' names."""
    matches = register.of_forms(fingerprints.of(damaged.names), NAME)
    codes = register.column("uscc", matches.rows)
    _, first = np.unique(_pairs(matches.asked, codes), return_index=True)
    row, code = matches.asked[first], codes[first]
    fit = repairs.fits(damaged.codes.take(pa.array(row)), _as_text(code))
    size = len(damaged.rows)
    fitting = np.bincount(row[fit], minlength=size)
    named = np.bincount(row, minlength=size)
    one_fits = fit & (fitting[row] == 1)
    other = (fitting[row] == 0) & (named[row] == 1) & ~damaged.individual[row]
    other &= code.astype("S2") != INDIVIDUAL
    said = pa.nulls(size, pa.string())
    for chosen, words in ((one_fits, CERTAIN), (other, HINT)):
        texts = [words.format(c.decode()) for c in code[chosen]]
        said = columns.put(said, row[chosen], pa.array(texts, pa.string()))
    return said


def _by_letters(damaged: _Damaged, register: Register | None) -> pa.Array:
    """Replace confused letters where neither name nor code is known."""
    meant = repairs.corrected(damaged.codes)
    strange = columns.flags(meant.is_valid()).copy()
    if register is not None:
        strange[register.of_codes(meant).asked] = False
        strange[register.of_forms(fingerprints.of(damaged.names), NAME).asked] = False
    before, after = UNKNOWN.split("{}")
    said = pc.binary_join_element_wise(before, meant, after, "")
    return pc.if_else(pa.array(strange), said, columns.no_text())


def _pairs(rows: columns.Rows, codes: Codes) -> Codes:
    """Return rows and codes as pairs that compare."""
    pairs = np.empty(len(rows), [("row", rows.dtype), ("code", codes.dtype)])
    pairs["row"], pairs["code"] = rows, codes
    return pairs


def _as_text(codes: Codes) -> pa.Array:
    return pa.array(codes.astype("U"), pa.string())
