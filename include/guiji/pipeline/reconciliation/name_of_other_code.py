"""Rows whose name is registered to another credit code than the one they give.

A row states a code and a name. Where the code is registered, none of its registered
names is the row's, and that name is the present registered name of another code, the
row would be merged under the wrong enterprise: it is held back, and the other code is
proposed. Registrations of the same night count like those held. Names that many
individual businesses (个体工商户) bear say nothing about a code.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from guiji.checking import links, proposals
from guiji.checking.register import KINDS, NAME, Register, RegisterMatches
from guiji.checking.suite import known_name
from guiji.checking.suite import reconciliation as suite
from guiji.domain import fingerprints
from guiji.domain.text import name_norm
from guiji.pipeline.batch.outcome import FINDINGS_FILE
from guiji.pipeline.reconciliation.comparison import ComparedDelivery, Comparison
from guiji.pipeline.reconciliation.results import ROWS, Result, RowFindings
from guiji.warehouse.register import register

INDIVIDUAL = "92"
"""Codes of individual businesses begin with it (GB 32100-2015)."""

LISTED = 3
"""Most codes that a finding names."""

_FLAGGED = pa.schema(
    [
        ("batch_id", pa.string()),
        ("source_sheet", pa.string()),
        ("source_row", pa.int32()),
    ]
)
_NAMED = pa.schema([("uscc", pa.string()), ("enterprise_name", pa.string())])


@dataclass
class Registered:
    """Registered names, as fingerprints of their forms for comparison.

    Attributes:
        names: code -> all that the registrar ever stated for it.
        present: code -> what it is called now.
        codes: name -> codes that were ever called so.
    """

    names: defaultdict[str, set[int]] = field(default_factory=lambda: defaultdict(set))
    present: dict[str, set[int]] = field(default_factory=dict)
    codes: defaultdict[int, set[str]] = field(default_factory=lambda: defaultdict(set))

    def add(self, code: str, form: int) -> None:
        """Note a name of a code."""
        self.names[code].add(form)
        self.codes[form].add(code)

    def others(self, code: str, form: int) -> list[str]:
        """Return the codes whose name it is, where it is none of this code's."""
        if not self.names[code] or form in self.names[code]:
            return []
        return sorted(
            other
            for other in self.codes[form] - {code}
            if form in self.present[other] and not other.startswith(INDIVIDUAL)
        )


def check(night: Comparison) -> Iterator[Result]:
    """Find the rows that name an enterprise which has another code."""
    rows = _doubtful(night)
    if not rows.num_rows:
        return
    forms = fingerprints.of(name_norm(rows["enterprise_name"]))
    registered = _registered(night, rows["uscc"].combine_chunks(), forms)
    flagged = []
    for row, form in zip(rows.to_pylist(), forms.tolist(), strict=True):
        others = registered.others(row["uscc"], form)
        if others:
            flagged.append({c: row[c] for c in ("batch_id", "row_id")} | _told(others))
    if flagged:
        yield RowFindings(
            suite.NAME_OF_OTHER_CODE, pa.Table.from_pylist(flagged, schema=ROWS)
        )


def _told(others: Sequence[str]) -> dict[str, str | None]:
    """Propose the code to which the name is registered, if it is only one."""
    listed = "、".join(others[:LISTED])
    proposal = proposals.CERTAIN.format(others[0]) if len(others) == 1 else None
    return {
        "detail": f"（登记为这个名称的代码：{listed}）",
        "detail_en": f"(registered to {listed})",
        "proposal": proposal,
    }


def _doubtful(night: Comparison) -> pa.Table:
    """Return the rows whose name is not one under which their code is known.

    The checks of deliveries have told them already, but for codes that are registered
    tonight only.
    """
    registers = {d.id for d in night.context.catalog.registers()}
    own = [d for d in night.deliveries if d.dataset in registers]
    others = [d for d in night.deliveries if d.dataset not in registers]
    flagged = pa.concat_tables(
        [_FLAGGED.empty_table(), *(_flagged(night, d) for d in others)]
    )
    if not own:
        wanted = set(flagged["batch_id"].to_pylist())
        others = [d for d in others if d.batch_id in wanted]
    if not others:
        return pa.table({"row_id": []})
    _bind_registrations(night, own)
    night.engine.rows("flagged", flagged)
    night.bind(others)
    return night.fetch("doubtful_names")


def _flagged(night: Comparison, compared: ComparedDelivery) -> pa.Table:
    """Find the rows whose code is known under other names, as the checks say."""
    dataset = night.context.catalog.datasets[compared.dataset]
    if not links.applies(dataset):
        return _FLAGGED.empty_table()
    rule = known_name.rule_id(dataset)
    columns = [*_FLAGGED.names, "rule_id"]
    findings = pq.read_table(compared.results / FINDINGS_FILE, columns=columns)
    mine = findings.filter(pc.equal(findings["rule_id"], rule))
    return mine.select(_FLAGGED.names).cast(_FLAGGED)


def _bind_registrations(night: Comparison, own: Sequence[ComparedDelivery]) -> None:
    """Create `registration_name`, the codes and names registered tonight."""
    if not own:
        night.engine.rows("registration_name", _NAMED.empty_table())
        return
    night.bind(own)
    night.engine.keep(
        "registration_name",
        "select distinct uscc, enterprise_name from incoming where uscc is not null "
        "and enterprise_name is not null and operation <> 'revoke'",
    )


def _registered(
    night: Comparison, codes: pa.Array, forms: fingerprints.Fingerprints
) -> Registered:
    """Look up the names of the codes, and the codes of the names."""
    registered = Registered()
    path = register(night.context.settings)
    if path is not None:
        _add_held(registered, Register(path), codes, forms)
    tonight = night.engine.fetch("select * from registration_name")
    named = fingerprints.of(name_norm(tonight["enterprise_name"])).tolist()
    pairs = list(zip(tonight["uscc"].to_pylist(), named, strict=True))
    for code, _ in pairs:
        registered.present[code] = set()
    for code, form in pairs:
        registered.add(code, form)
        registered.present[code].add(form)
    return registered


def _add_held(
    registered: Registered,
    register: Register,
    codes: pa.Array,
    forms: fingerprints.Fingerprints,
) -> None:
    """Note what the register has of some codes, and of those that bear some names."""
    bearing = register.of_forms(forms, NAME)
    others = pa.array(register.column("uscc", bearing.rows).astype("U"), pa.string())
    asked = pc.unique(pa.concat_arrays([codes.cast(pa.string()), others]))
    names = _by_registrar(register, register.of_codes(asked))
    days: dict[str, int] = {}
    columns = (
        register.column(c, names.rows) for c in ("uscc", "form_id", "valid_from")
    )
    for raw, form, day in zip(*columns, strict=True):
        code = raw.decode()
        registered.add(code, int(form))
        if code not in days or day > days[code]:
            days[code], registered.present[code] = day, set()
        if day == days[code]:
            registered.present[code].add(int(form))


def _by_registrar(register: Register, matches: RegisterMatches) -> RegisterMatches:
    is_name = register.column("kind", matches.rows) == KINDS.index(NAME)
    return matches.where(
        is_name & register.column("is_registered", matches.rows).astype(bool)
    )
