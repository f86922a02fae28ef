"""The peer of P2: the same work as one hand-written DuckDB pass.

Written as somebody would who wants it fast: regular expressions only where a cheap
test lets them, look-up lists for the check characters, one scan for all columns, one
window over the short ids. It reads the formats that `p2_data` writes, not all that
departments write.
"""

from collections.abc import Iterable

import duckdb
import pyarrow as pa

from benchmarks import p2_data
from guiji.catalog.model import Item
from guiji.catalog.vocabulary import ItemType

THREADS = 2
A31 = "0123456789ABCDEFGHJKLMNPQRTUWXY"
A36 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
HIDDEN = r"[\x{200B}-\x{200F}\x{2060}\x{FEFF}\x00-\x08\x0B\x0C\x0E-\x1F]"
BLANKS = " \t\n\r\u00a0\u3000"
UNCLEAN = rf"^[\s\x{{A0}}\x{{3000}}]|[\s\x{{A0}}\x{{3000}}]$|{HIDDEN}"
TOKENS = (
    "",
    "\\N",
    "NULL",
    "null",
    "N/A",
    "NA",
    "NONE",
    "NAN",
    "暂无",
    "无",
    "空",
    "-",
    "--",
    "—",
    "/",
)
BORN = r"\d{6}(18|19|20)\d{2}(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])\d{3}[\dX]"
PAIRS = ("11", "12", "13", "19", "51", "52", "53", "59", "91", "92", "93", "Y1")


def _lookup(alphabet: str) -> str:
    values = [alphabet.find(chr(c)) for c in range(48, 91)]
    return "[" + ",".join(map(str, values)) + "]"


def _sum(alphabet: str, weights: Iterable[int], first: int = 1) -> str:
    table = _lookup(alphabet)
    terms = (f"{w}*{table}[ascii(c[{first + i}])-47]" for i, w in enumerate(weights))
    return "(" + "+".join(terms) + ")"


def _hmac_pads() -> tuple[str, str]:
    key = p2_data.KEY.ljust(64, b"\0")
    return tuple(bytes(b ^ pad for b in key).hex() for pad in (0x36, 0x5C))


INNER, OUTER = _hmac_pads()
TOKEN_LIST = ", ".join(f"'{t}'" for t in TOKENS)
MACROS = f"""
create macro trimmed(x) as case when regexp_matches(x, '{UNCLEAN}')
  then trim(regexp_replace(x, '{HIDDEN}', '', 'g'), '{BLANKS}') else x end;
create macro no_token(t) as
  case when strlen(t) <= 9 and t in ({TOKEN_LIST}) then null else t end;
create macro compact(x) as
  case when regexp_full_match(x, '[0-9A-Z]*') then x
  else upper(regexp_replace(x, '[-\\s]', '', 'g')) end;
create macro v36(x) as {_lookup(A36)}[ascii(x)-47];
create macro sum31(c) as {_sum(A31, [pow(3, i, 31) for i in range(17)] + [1])};
create macro sum37(c) as {_sum(A36, [2**i % 37 for i in range(17)] + [1])};
create macro sum11(c, k) as
  (3*v36(c[k])+7*v36(c[k+1])+9*v36(c[k+2])+10*v36(c[k+3])+5*v36(c[k+4])+8*v36(c[k+5])
  +4*v36(c[k+6])+2*v36(c[k+7])+case c[k+8] when 'X' then 10 else v36(c[k+8]) end);
create macro is_person(c) as regexp_full_match(c, '{BORN}')
  and try_strptime(c[7:14], '%Y%m%d') is not null
  and {_sum("0123456789X", [pow(2, 17 - i, 11) for i in range(18)])} % 11 = 1;
create macro shaped(c) as
  regexp_full_match(c, '[1-9AGNY][0-9]{{7}}[0-9A-HJ-NPQRTUWXY]{{10}}');
create macro level(c) as case
  when c is null then 'missing'
  when strlen(c) <> 18 then 'bad_length'
  when c[7:8] in ('18', '19', '20', '21') and is_person(c) then 'looks_like_person_id'
  when not shaped(c) then
    case when c = '00000000000000000X' then 'placeholder' else 'bad_char' end
  when sum31(c) % 31 = 0 then 'valid'
  when c[3:4] = '35' and c[9:10] = 'M0' and sum37(c) % 37 = 0 and sum11(c, 9) % 11 = 0
    then 'valid_fujian_2015'
  when regexp_full_match(c, '[1-9]\\d{{14}}000') then 'truncated_by_excel'
  else 'bad_check' end;
create macro hide(x) as case when regexp_matches(upper(x), '{BORN}')
  then regexp_replace(upper(x), '(\\d{{6}}){BORN[5:]}', '\\1************') else x end;
create macro day(c) as cast(case
  when c is null then null
  else try_strptime(c, ['%Y-%m-%d', '%Y/%m/%d', '%Y年%m月%d日', '%Y%m%d']) end as date);
create macro yuan(c) as
  try_cast(replace(regexp_extract(c, '^[\\d,.]+'), ',', '') as decimal(24, 6));
create macro wan(c) as case
  when c is null then null
  when regexp_full_match(c, '-?\\d{{1,13}}(\\.\\d{{1,6}})?')
    then cast(c as decimal(24, 6))
  when c like '%万元%' then yuan(c)
  when c like '%元' then cast(yuan(c) / 10000 as decimal(24, 6)) end;
create macro hmac(x) as
  sha256(unhex('{OUTER}') || unhex(sha256(unhex('{INNER}') || encode(x))));
create macro document_no(x) as
  case when regexp_matches(x, '[\\s()\\[\\]（）【】]') then
    translate(regexp_replace(x, '\\s', '', 'g'), '()[]（）【】', '〔〕〔〕〔〕〔〕')
  else x end;
"""


class Pass:
    """What one item needs, step by step; each step may use the columns before it."""

    def __init__(self, item: Item) -> None:
        self.id = item.id
        self.steps: list[list[str]] = [[], [], []]
        self.flags: list[str] = []
        self.content = item.id
        i, writer = item.id, WRITERS.get(item.type)
        if writer is None:
            self.steps[2] = [f"{i}_c as {i}"]
        else:
            writer(self, i)

    def raw(self, ok: str) -> None:
        """Add what was delivered, hidden where not understood, and whether it was."""
        i = self.id
        self.flags.append(f"case when {ok} then {i}_c else hide({i}_c) end as {i}__raw")
        self.flags.append(f"{ok} as {i}__ok")


def _uscc(item: Pass, i: str) -> None:
    item.steps[0].append(f"compact({i}_c) as {i}_k")
    item.steps[1].append(f"level({i}_k) as {i}_l")
    item.steps[2].append(f"case when {i}_l in ({ACCEPTED}) then {i}_k end as {i}")
    item.raw(f"({i}_l in ({ACCEPTED}, 'placeholder', 'missing'))")
    pairs = ", ".join(f"'{p}'" for p in PAIRS)
    regions = ", ".join(f"'{r}'" for r in p2_data.REGIONS)
    item.flags += [
        f"{i}_l as {i}__level",
        f"coalesce({i}[1:2] not in ({pairs}), false) as {i}__unknown_pair",
        f"coalesce({i}[3:8] not in ({regions}), false) as {i}__unknown_region",
        f"coalesce(sum11({i}, 9) % 11 = 0, true) as {i}__inner_ok",
    ]


def _org_code(item: Pass, i: str) -> None:
    item.steps[0].append(f"lpad(compact({i}_c), 9, '0') as {i}_k")
    item.steps[1].append(f"strlen({i}_k) = 9 and sum11({i}_k, 1) % 11 = 0 as {i}_r")
    item.steps[2].append(f"case when {i}_r then {i}_k end as {i}")
    item.raw(f"coalesce({i}_r, true)")
    short = f"strlen(compact({i}_c)) < 9"
    item.flags.append(f"coalesce({i}_r and {short}, false) as {i}__repaired")


def _date(item: Pass, i: str) -> None:
    item.steps[0].append(f"day({i}_c) as {i}_d")
    item.steps[1].append(
        f"coalesce({i}_c in ('长期', '永久') or {i}_d = date '2099-12-31'"
        f" or year({i}_d) = 9999, false) as {i}_f"
    )
    empty = "(date '1900-01-01', date '1899-12-31')"
    item.steps[2].append(
        f"case when not {i}_f and {i}_d not in {empty} then {i}_d end as {i}"
    )
    item.raw(f"({i}_c is null or {i}_d is not null or {i}_f)")
    item.flags.append(f"{i}_f as {i}__forever")
    item.content = f"case when {i}_f then '长期' else {i}::varchar end"


def _amount(item: Pass, i: str) -> None:
    item.steps[2].append(f"wan({i}_c) as {i}")
    item.raw(f"({i}_c is null or {i} is not null)")
    item.flags.append(f"null::varchar as {i}__level")  # no foreign currency is drawn
    item.content = f"{i}::varchar"


def _codes(item: Pass, i: str) -> None:
    order = "[" + ",".join(f"'{c}'" for c in p2_data.CATEGORIES) + "]"
    split = f"regexp_split_to_array({i}_c, '[；;、,，]')"
    one = f"list_contains({order}, {i}_c)"
    item.steps[0].append(f"case when {one} then [{i}_c] else {split} end as {i}_s")
    item.steps[1].append(f"list_has_all({order}, {i}_s) as {i}_r")
    listed = f"list_filter({order}, lambda x: list_contains({i}_s, x))"
    item.steps[2].append(
        f"case when {i}_r then array_to_string({listed}, '；') end as {i}"
    )
    item.raw(f"coalesce({i}_r, true)")


def _person_id(item: Pass, i: str) -> None:
    item.steps[0].append(f"compact({i}_c) as {i}_k")
    item.steps[1].append(f"{i}_k[1:6] || '************' as {i}")
    item.flags += [
        f"{i} as {i}__raw",
        f"{i}_k is null or is_person({i}_k) as {i}__ok",
        f"hmac({i}_k) as {i}__hash",
    ]
    item.content = f"{i}__hash"


WRITERS = {
    ItemType.USCC: _uscc,
    ItemType.ORG_CODE: _org_code,
    ItemType.DATE: _date,
    ItemType.AMOUNT: _amount,
    ItemType.CODES: _codes,
    ItemType.PERSON_ID: _person_id,
}
ACCEPTED = "'valid', 'valid_fujian_2015'"


IDENTITY = """
, named as (
  select *, case when uscc is null
    then upper(replace(counterpart_name, ' ', '')) end as name_n,
  coalesce(document_no(decision_no), '') || '|' || coalesce(authority_uscc, '')
    as record_key,
  sha256(concat_ws(chr(31), {content}, operation))[1:32] as content_hash
  from typed
), about as (
  select *, case when uscc is not null then uscc
    when counterpart_id_no__hash is not null
    then 'P' || hmac(coalesce(name_n, '') || '|' || counterpart_id_no__hash)[1:24]
    else 'N' || sha256(concat_ws('|', coalesce(name_n, ''), coalesce(org_code, ''),
      coalesce(registration_no, '')))[1:24] end as subject,
  case when uscc is not null then 'uscc'
    when counterpart_id_no__hash is not null then 'person_hash'
    else 'name_hash' end as matched_by
  from named
), identified as (
  select *, sha256('{head}' || subject || '|' || record_key)[1:20] as record_id
  from about
), repeated as (
  select record_id as again, count(distinct content_hash) as contents,
  min(row_id) as first_row from identified group by all having count(*) > 1
)
select row_id, source_sheet, source_row, operation, true as operation__ok,
false as is_restoring, {names}, '{owner}' as owner,
subject, matched_by, record_key, record_id, decided_on as event_on,
decided_on as produced_on, content_hash,
coalesce(contents > 1, false) as key_repeats,
coalesce(contents = 1 and row_id > first_row, false) as key_copies
from identified left join repeated on record_id = again
order by row_id
"""
"""After the last step: subjects, keys, hashes, and keys that repeat."""


def _query(identity: bool) -> str:
    passes = [Pass(item) for item in p2_data.ITEMS]
    trimmed = ",\n".join(f"trimmed({p.id}) as {p.id}_t" for p in passes)
    cleaned = ",\n".join(f"no_token({p.id}_t) as {p.id}_c" for p in passes)
    steps = [",\n".join(c for p in passes for c in p.steps[n]) for n in range(3)]
    flags = ",\n".join(flag for p in passes for flag in p.flags)
    named = (f.rsplit(" as ", 1)[1] for p in passes for f in (f" as {p.id}", *p.flags))
    names = ", ".join(named)
    typed = f"""
    with trimmed as (
      select row_number() over () - 1 as row_id, source_sheet, source_row,
      {trimmed} from text
    ), cleaned as (
      select row_id, source_sheet, source_row, {cleaned} from trimmed
    ), first_step as (
      select *, {steps[0]} from cleaned
    ), second_step as (
      select *, {steps[1]} from first_step
    ), third_step as (
      select *, {steps[2]} from second_step
    ), typed as (
      select *, {flags}, 'upsert' as operation from third_step
    )"""
    if not identity:
        return f"{typed} select row_id, {names} from typed"
    content = ", ".join(f"coalesce({p.content}, '')" for p in passes)
    head = f"{p2_data.DATASET}|{p2_data.OWNER}|"
    return typed + IDENTITY.format(
        content=content, head=head, names=names, owner=p2_data.OWNER
    )


def parse(text: pa.Table, identity: bool) -> pa.Table:
    """Read the rows of `p2_data`; `identity` adds subjects, keys, hashes, repeats."""
    with duckdb.connect() as connection:
        connection.execute(f"set threads = {THREADS}")
        connection.register("text", text)
        connection.execute(MACROS)
        return connection.sql(_query(identity)).to_arrow_table()
