"""The government that runs the platform, and what its documents decide.

Source: the document that each jurisdiction names; 阳府〔2018〕60号 第八、十四条.
"""

from datetime import date

import pydantic

from guiji.catalog.base import Identifier, Model
from guiji.catalog.channels import Channel
from guiji.catalog.clocks import Clock
from guiji.catalog.items import CodeList
from guiji.catalog.limits import BatchLimits, Tolerance
from guiji.catalog.terms import TermRegime
from guiji.catalog.vocabulary import (
    Confidence,
    DocumentStatus,
    OpenLevel,
    Transition,
    UpdateCycle,
)


class CircularRules(Model):
    """What the circular (通报) counts and whom it names."""

    title: str
    licence_datasets: tuple[Identifier, ...]
    penalty_datasets: tuple[Identifier, ...]
    list_datasets: tuple[Identifier, ...] = ()
    """Lists (名单) of which every record in its term must be on show."""

    late_rate_above: float = pydantic.Field(ge=0, le=1)
    """Units whose share of late records is above this are named (迟报率)."""

    conformity_below: float = pydantic.Field(ge=0, le=1)
    """Units whose share of conforming records is below this are named (合规率)."""

    severe_late_rate_above: float = pydantic.Field(default=0.5, ge=0, le=1)
    """Of the units named, those above this are called seriously late (严重迟报)."""

    praised_conformity_from: float = pydantic.Field(default=0.99, ge=0, le=1)
    """Units without anything late or open are praised from this conformity on."""

    named_from: int = pydantic.Field(default=10, ge=1)
    """Records without which a unit is neither ranked nor named for a rate."""

    issuer: str | None = None
    """The office that issues it (发文机关); None = the platform."""

    symbol: str | None = None
    """The office's sign in the number of a document (发文机关代字): 筑信归集. Without
    it no number is given."""

    addressees: tuple[str, ...] = pydantic.Field(default=("各成员单位",), min_length=1)
    """To whom it is addressed (主送机关)."""

    copies_to: tuple[str, ...] = ()
    """Who gets a copy (抄送机关)."""

    clause: str


class LaterText(Model):
    """A later law that touches what the catalogue says; shown, not applied."""

    title: str
    effective_from: date | None = None
    touches: str
    """What of the catalogue it touches, in Chinese."""

    confidence: Confidence = Confidence.LOW


class ExcludedData(Model):
    """Data that the document says is not collected (不予归集)."""

    title: str
    aliases: tuple[str, ...] = ()
    """Other titles at the start of file names."""

    clause: str


class GradeRules(Model):
    """Where a dishonesty grade is demanded, and how grades add up (失信等级)."""

    required_on: tuple[Identifier, ...] = ()
    """Datasets whose records must bear a grade when they are delivered."""

    accumulates: dict[str, dict[str, int]] = {}
    """Grade -> lighter grade -> so many of them make one of it; empty = they do not
    add up."""

    source: str
    """The document that defines the grades."""

    clause: str
    confidence: Confidence = Confidence.HIGH


class ObjectionForm(Model):
    """The dataset each of whose rows opens an objection (异议申请表).

    Its subject is the applicant, its event the day on which the objection came in. The
    other attributes name items of it.
    """

    dataset: Identifier
    record: Identifier
    """Holds the id of the record objected to (记录标识)."""

    item: Identifier
    """Holds title or id of the item that is said to be wrong; empty = all of it."""

    provider: Identifier
    """Holds the department whose record it is; empty = not stated."""

    claim: Identifier
    """Holds what is said to be wrong."""


class ObjectionRules(Model):
    """How objections (异议) are handled; their deadlines are clocks."""

    office: Identifier
    """The department that takes and decides them (受理单位)."""

    form: ObjectionForm | None = None
    """None = objections are opened by hand only."""

    mark: bool = False
    """Whether lines on show are marked while an objection to them is open (标注)."""

    due_soon: int = pydantic.Field(default=1, ge=0)
    """Working days before its end from which a step is due soon."""

    clause: str


class Jurisdiction(Model):
    """A government that runs the platform, and what its documents decide."""

    id: Identifier
    title: str
    title_en: str
    document: str
    """The text that orders the collection, with its number."""

    document_valid_from: date | None = None
    document_valid_to: date | None = None
    document_status: DocumentStatus = DocumentStatus.IN_FORCE
    overridden_by: tuple[LaterText, ...] = ()
    platform: str
    """The platform's name, as it signs receipts and circulars."""

    contact: str
    region_codes: tuple[str, ...]
    """GB/T 2260 codes of the place and its districts."""

    grades: tuple[str, ...] = ()
    """Dishonesty grades, lightest first (失信等级)."""

    grade_rules: GradeRules | None = None
    routes: dict[Identifier, str] = {}
    """Ways in which data comes from units (归集路径) -> the document's own word."""

    excluded: tuple[ExcludedData, ...] = ()
    open_points: tuple[str, ...] = ()
    """What the documents leave open and a person must decide, with the default that
    the catalogue takes, in Chinese."""

    clocks_since: date | None = None
    """The day from which clocks run: nothing of before it is late. None = events are
    timed from when their entry is valid, update cycles from the platform's first
    night."""

    clocks: tuple[Clock, ...] = ()
    """Clocks that belong to no dataset, such as those of objections (异议处理)."""

    objections: ObjectionRules | None = None
    """None = the document has no steps for objections."""

    opening_ways: dict[OpenLevel, str]
    """Open level -> the document's own word."""

    cycles: dict[UpdateCycle, int]
    """Update cycle -> calendar days after which nothing delivered is a breach."""

    tolerance: Tolerance = Tolerance()
    batch_limits: BatchLimits = BatchLimits()
    channels: tuple[Channel, ...] = pydantic.Field(min_length=1)
    term_regimes: tuple[TermRegime, ...] = ()
    transition: Transition = Transition.FAVOUR_SUBJECT
    circular: CircularRules
    rule_pages: str | None = pydantic.Field(default=None, pattern=r"^https?://")
    """Address under which `dashboards/` is served, for links to the pages of rules."""

    codes: dict[Identifier, CodeList] = {}
