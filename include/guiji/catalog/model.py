"""The models of the collection catalogue (采集目录).

One jurisdiction is a folder: `jurisdiction.yml`, `departments.yml` and one file per
dataset. Everything else in the platform is driven by these models, so a new dataset
is a new file and no new code. Models are frozen and an unknown key is an error.

Source of the attributes: 阳府〔2018〕60号 第八条; 筑府办发〔2016〕39号 三(三);
政务信息资源目录编制指南(2017).
"""

from datetime import date
from typing import Self

import pydantic

from guiji.catalog.base import Identifier, Model
from guiji.catalog.channels import Channel
from guiji.catalog.clocks import Clock
from guiji.catalog.departments import Department, FormerUnit
from guiji.catalog.extracts import Extract
from guiji.catalog.items import Body, Code, CodeList, Condition, Item
from guiji.catalog.jurisdiction import (
    CircularRules,
    ExcludedData,
    GradeRules,
    Jurisdiction,
    LaterText,
)
from guiji.catalog.limits import BatchLimits, Tolerance
from guiji.catalog.rules import Rule
from guiji.catalog.terms import TermRegime, TermRule
from guiji.catalog.vocabulary import (
    Confidence,
    Coverage,
    CreditRecord,
    DatasetRole,
    IdentifierKind,
    InfoClass,
    OpenLevel,
    RegisterItem,
    ShareMethod,
    ShareType,
    SubjectClass,
    UpdateCycle,
)

__all__ = [
    "BatchLimits", "Catalog", "Channel", "CircularRules", "Clock", "Code", "CodeList",
    "Condition", "Dataset", "Department", "ExcludedData", "Extract", "FormerUnit",
    "GradeRules", "Item", "Jurisdiction", "LaterText", "Rule", "SameNumber", "Status",
    "Subject", "TermRegime", "TermRule", "Tolerance",
]  # fmt: skip


class Status(Model):
    """The item that tells a withdrawn record, and the values that do."""

    item: Identifier
    revoked: tuple[str, ...] = pydantic.Field(min_length=1)


class Repairs(Model):
    """The items of a repair (信用修复) that name the record which it repairs."""

    dataset: Identifier
    """The item that names its dataset, by title."""

    number: Identifier
    """The item that holds its number: what the first item of its dataset's key is."""

    outcome: Identifier
    granted: tuple[str, ...] = pydantic.Field(min_length=1)
    """Values of `outcome` that grant the repair."""


class Subject(Model):
    """The items that say whom a record is about (GY6)."""

    name: Identifier
    uscc: Identifier
    person_id: Identifier | None = None
    category: Identifier | None = None
    """The item that tells a natural person from an organisation."""


class SameNumber(Model):
    """What becomes of a row whose number (文号) is held already, and differs."""

    other_subject: str = pydantic.Field(
        default="hold_back", pattern="^(hold_back|warn)$"
    )
    """Held for another enterprise, which the delivery does not state or withdraw."""

    other_day: str = pydantic.Field(default="correct", pattern="^(correct|hold_back)$")
    """Held with another day of the event; `correct` = the new day counts, and is told.
    """


class DeliveryLimits(Model):
    """What one file of a dataset may cost to read, where that is not the usual.

    What is left out is as `guiji.reading.limits.Limits` says. Which dataset a file is,
    is known only once it was read, so of a department's datasets the most liberal one
    counts.
    """

    workbook_mib: int | None = pydantic.Field(default=None, gt=0)
    """Size of a workbook, MiB."""

    text_mib: int | None = pydantic.Field(default=None, gt=0)
    """Size of a text file, MiB."""

    rows: int | None = pydantic.Field(default=None, gt=0)
    cells: int | None = pydantic.Field(default=None, gt=0)
    """Cells of a worksheet, blank formatted ones included."""

    marked_cells: int | None = pydantic.Field(default=None, gt=0)
    """Cells up to which a workbook comes back marked, not as a plain one."""

    seconds: int | None = pydantic.Field(default=None, gt=0)
    """Processor time; by the clock it may take a third more."""


class Dataset(Model):
    """One catalogue entry: a kind of record that departments deliver."""

    id: Identifier
    title: str
    aliases: tuple[str, ...] = ()
    """Other titles at the start of file names."""

    summary: str
    legal_basis: str
    standard: str
    """The standard whose items these are, e.g. 双公示数据标准(2018)."""

    version: str
    valid_from: date
    valid_to: date | None = None
    providers: tuple[Identifier, ...] = pydantic.Field(min_length=1)
    """Departments that produce and answer for the data (提供方)."""

    source_department: Identifier | None = None
    """The provider that answers for the values where several deliver (数源部门)."""

    coverage: Coverage
    update_cycle: UpdateCycle
    share_type: ShareType
    share_condition: str | None = None
    share_method: ShareMethod
    open_level: OpenLevel
    subject_classes: tuple[SubjectClass, ...] = pydantic.Field(min_length=1)
    info_class: InfoClass
    credit_record: CreditRecord | None = None
    """Whether it may stand in a credit record; None = not yet decided."""

    catalogue_entry: str | None = None
    """Edition and number of its entry in the 信用信息目录."""

    confidence: Confidence = Confidence.HIGH
    role: DatasetRole | None = None
    """None, as in entries from before there were roles: a register if `info_class` is
    basic. Ask `is_register`."""

    register_items: dict[RegisterItem, Identifier] = {}
    """Of a register: column of `enterprises` -> the item that fills it; a column that
    no register fills is null."""

    delivery: str = pydantic.Field(
        default="incremental", pattern="^(incremental|full)$"
    )
    mass_change_limit: float = pydantic.Field(default=0.2, gt=0, le=1)
    """Share of a department's records that one full delivery may revoke."""

    superseded_rows: str = pydantic.Field(default="keep", pattern="^(keep|apply)$")
    """What a row of an incremental delivery does that equals an older version of its
    record: keep = nothing, and the department is told; apply = it becomes current."""

    batch_limits: BatchLimits = BatchLimits()
    """What a delivery may be as a whole, where it is not as the jurisdiction says."""

    subject: Subject
    identifiers: dict[IdentifierKind, Identifier] = {}
    """Kind -> the item that holds such a number of the subject beside its code."""

    key: tuple[Identifier, ...] = pydantic.Field(min_length=1)
    """Items that tell records of one subject apart."""

    same_number: SameNumber | None = None
    """For keys that an authority gives once; None = they are not compared."""

    event: tuple[Identifier, ...] = pydantic.Field(min_length=1)
    """Items that hold the day of the event; the first one filled in counts."""

    produced: tuple[Identifier, ...] = ()
    """Items that date the state of a record; empty = those of `event`."""

    authority: Body | None = None
    """The body that decided (机关); None = any body may, and it is not checked."""

    source: Body | None = None
    """The body whose data it is (数据来源单位); None = it is not checked."""

    unlisted_bodies: str = pydantic.Field(default="accept", pattern="^(accept|refuse)$")
    """What becomes of a row whose body is no department, such as a district bureau."""

    status: Status | None = None
    repairs: Repairs | None = None
    """Of a dataset of repairs: what its records name is on show no more."""

    grade_item: Identifier | None = None
    """The item that states the dishonesty grade (失信等级), as its department grades;
    no severity class of a publication term."""

    clocks: tuple[Clock, ...]
    publication_term: TermRule | None = None
    """None = on show until revoked."""

    limits: DeliveryLimits = DeliveryLimits()
    extracts: tuple[Extract, ...] = ()
    codes: dict[Identifier, CodeList] = {}
    items: tuple[Item, ...] = pydantic.Field(min_length=1)

    @pydantic.model_validator(mode="after")
    def _whole(self) -> Self:
        names = [i.id for i in self.items]
        repeated = sorted({n for n in names if names.count(n) > 1})
        if repeated:
            raise ValueError(f"item ids are repeated: {', '.join(repeated)}")
        unknown = sorted(self._mentioned() - set(names))
        if unknown:
            raise ValueError(f"no such item: {', '.join(unknown)}")
        if self.share_type is not ShareType.UNCONDITIONAL and not self.share_condition:
            raise ValueError(
                "share_condition is needed unless sharing is unconditional"
            )
        if self.valid_to is not None and self.valid_to < self.valid_from:
            raise ValueError("valid_to is before valid_from")
        if self.register_items and not self.is_register:
            raise ValueError("register_items need `role: register`")
        return self

    def _mentioned(self) -> set[str]:
        item_ids = {*self.key, *self.event, *self.produced}
        item_ids |= {self.subject.name, self.subject.uscc, *self.identifiers.values()}
        item_ids |= {*self.register_items.values()}
        item_ids |= {x for x in (self.subject.person_id, self.subject.category) if x}
        for body in (self.authority, self.source):
            item_ids |= {*body.items()} if body else set()
        if self.status:
            item_ids.add(self.status.item)
        if self.repairs:
            repairs = self.repairs
            item_ids |= {repairs.dataset, repairs.number, repairs.outcome}
        if self.grade_item:
            item_ids.add(self.grade_item)
        if self.publication_term:
            item_ids |= {self.publication_term.start, *self.publication_term.end_items}
            if self.publication_term.class_item:
                item_ids.add(self.publication_term.class_item)
        for item in self.items:
            conditions = (item.required_when, item.empty_when)
            item_ids |= {c.item for c in conditions if c}
            if item.currency_item:
                item_ids.add(item.currency_item)
        for extract in self.extracts:
            item_ids |= set(extract.columns)
        return item_ids

    @property
    def is_register(self) -> bool:
        """Whether its records register the enterprises that others are about."""
        if self.role is None:
            return self.info_class is InfoClass.BASIC
        return self.role is DatasetRole.REGISTER

    def item(self, name: str) -> Item:
        """Find an item by id.

        Raises:
            KeyError: the dataset has no such item.
        """
        for item in self.items:
            if item.id == name:
                return item
        raise KeyError(name)


class Catalog(Model):
    """Everything one jurisdiction's folder says."""

    jurisdiction: Jurisdiction
    departments: dict[Identifier, Department]
    datasets: dict[Identifier, Dataset]
    rules: dict[Identifier, tuple[Rule, ...]] = {}
    """Dataset -> rules across its items."""

    version: str
    """Short hash over all its files, written into every output."""

    def datasets_of(self, department: str) -> tuple[Dataset, ...]:
        """Return the datasets that a department provides, in catalogue order."""
        return tuple(d for d in self.datasets.values() if department in d.providers)

    def registers(self) -> tuple[Dataset, ...]:
        """Return the datasets that register enterprises, in catalogue order."""
        return tuple(d for d in self.datasets.values() if d.is_register)

    def batch_limits(self, dataset: Dataset) -> BatchLimits:
        """Return the limits of a dataset's deliveries: its own before the general."""
        return dataset.batch_limits.over(self.jurisdiction.batch_limits)

    def term_regimes(self, dataset: Dataset) -> tuple[TermRegime, ...]:
        """Return the regimes that a dataset's term follows, as the file lists them."""
        term = dataset.publication_term
        regime = term.regime if term else None
        return tuple(r for r in self.jurisdiction.term_regimes if r.regime == regime)

    def code_list(self, dataset: Dataset, name: str) -> CodeList:
        """Find a code list: the dataset's own before the jurisdiction's."""
        return dataset.codes.get(name) or self.jurisdiction.codes[name]
