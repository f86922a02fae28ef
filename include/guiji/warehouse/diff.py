"""A delivery held against what its department has in the warehouse."""

from dataclasses import dataclass

import pyarrow as pa
import pyarrow.compute as pc

from guiji.catalog.model import Dataset
from guiji.core.settings import Settings
from guiji.engine.base import Engine
from guiji.engine.open import open_engine
from guiji.engine.sql import statement
from guiji.storage import dataset_files
from guiji.storage.storage_errors import explained
from guiji.storage.table_store import table_store
from guiji.warehouse import columns, merge_findings, relations

FEW_SUBJECTS = 4_000
"""Subjects up to which only their own files are read."""

NAMED = 20
"""Most records that are named of those that a delivery lacks."""

_STATED = ("subject", "record_key", "event_on")


@dataclass(frozen=True)
class MissingRecords:
    """What a full delivery no longer holds.

    Attributes:
        standing: the department's records that are not revoked.
        records: those of them that would be revoked.
        named: the first of these by name, at most `NAMED`; no natural person is named.
    """

    standing: int
    records: int
    named: tuple[str, ...] = ()

    @property
    def share(self) -> float:
        """Lost of standing, 0 to 1; 0 where there is nothing to lose."""
        return self.records / self.standing if self.standing else 0.0

    @property
    def listed(self) -> str:
        """The named records in Chinese, and how many there are where some are not."""
        more = f"等{self.records}条" if self.records > len(self.named) else ""
        return "；".join(self.named) + more


@explained
def lost(
    settings: Settings, dataset: Dataset, department: str, typed: pa.Table
) -> MissingRecords:
    """Count the records that a full delivery would take away.

    Args:
        settings: where the warehouse is.
        dataset: the catalogue entry; it is delivered in full.
        department: the sender.
        typed: the parsed delivery, faulty rows included: what a faulty row is about
            is not missing.

    Source:
        贵州省企业公共信用信息平台运行管理规则(试行) 第二十四条.
    """
    where = table_store(settings)
    files = dataset_files.of_dataset(dataset_files.open_records(where), dataset.id)
    with open_engine(settings) as engine:
        relations.bind(engine, where, dataset, files)
        standing = relations.standing(columns.stored_columns(dataset))
        record = merge_findings.record_name(dataset, "one")
        engine.view(
            "standing", f"select *, {record} as record from ({standing}) as one"
        )
        engine.rows("typed", typed.select(["record_id", "operation"]))
        text = statement(settings, "warehouse/mass_change")
        (counts,) = engine.fetch(text, {"owner": department}).to_pylist()
        named: list[str] = []
        if counts["lost_records"]:
            text = statement(settings, "warehouse/lost_record")
            some = engine.fetch(text, {"owner": department, "most": NAMED})
            named = some["record"].to_pylist()
    return MissingRecords(
        counts["standing_records"], counts["lost_records"], tuple(named)
    )


@explained
def redated(
    settings: Settings,
    dataset: Dataset,
    department: str,
    typed: pa.Table,
    few_subjects: int = FEW_SUBJECTS,
) -> int:
    """Count the rows whose document is held under another day of its event.

    Moving the day moves every deadline that is counted from it, and where the day is
    part of a record's key the old record stays beside the new one.

    Args:
        settings: where the warehouse is.
        dataset: the catalogue entry; its key tells the document.
        department: the sender; only its own records are looked at.
        typed: the parsed delivery. Of a small one only the files that can hold its
            subjects are read.
        few_subjects: subjects of a small delivery at most.

    Source:
        阳府〔2018〕60号 第十二条 (提供单位对准确性、及时性负责).
    """
    stated = _stated(typed)
    if not len(stated):
        return 0
    where = table_store(settings)
    files = dataset_files.of_dataset(dataset_files.open_records(where), dataset.id)
    subjects = pc.unique(stated["subject"])
    if len(subjects) <= few_subjects:
        files = files.among(subjects.to_pylist())
    if not files.files:
        return 0
    with open_engine(settings) as engine:
        relations.bind(engine, where, dataset, files)
        _bind_documents(engine, dataset, stated)
        text = statement(settings, "warehouse/redated")
        counts = engine.fetch(text, {"owner": department})
    return int(counts["redated_rows"][0].as_py())


def _stated(typed: pa.Table) -> pa.Table:
    """Return the rows that state a subject's document on a day."""
    rows = typed.filter(pc.equal(typed["operation"], "upsert")).select(list(_STATED))
    return rows.drop_null()


def _bind_documents(engine: Engine, dataset: Dataset, stated: pa.Table) -> None:
    """Create `typed` and `standing`: the same document has the same name in both.

    A document is a record's key without the day of the event.
    """
    document = "record_key"
    if {*dataset.key} & {*dataset.event}:
        document = "replace(record_key, cast(event_on as varchar), '')"
    shown = f"subject, {document} as document, event_on"
    engine.rows("stated", stated)
    engine.view("typed", f"select {shown} from stated")
    standing = relations.standing((*_STATED, "owner", "operation"))
    engine.view("standing", f"select {shown}, owner, operation from ({standing}) as s")
