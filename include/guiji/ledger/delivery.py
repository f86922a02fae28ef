"""What a delivery is, before and after it is claimed.

Plain data: a file that is only tried is described by it, too, without any database.
"""

import posixpath
from dataclasses import dataclass
from datetime import date, datetime

from guiji.core import business_date


@dataclass(frozen=True)
class RowCounts:
    """What became of a delivery's rows: counts."""

    read: int = 0
    accepted: int = 0
    quarantined: int = 0
    unchanged: int = 0


@dataclass(frozen=True)
class Incoming:
    """A delivery before it is claimed.

    Attributes:
        night: the night that takes it.
        department: who delivers.
        source_file: its name as dropped, with the folders below the department's.
        sha256: of its bytes, 64 hexadecimal digits.
        bytes: how many.
        drop_mark: tells this act of dropping from any other of the department.
        received_at: instant of its arrival, aware.
        modified_at: when the file was last written to, as its sender claims, aware;
            None = nobody says.
        way: file or extract.
        trial: checked and answered, never merged (试报).
    """

    night: date
    department: str
    source_file: str
    sha256: str
    bytes: int
    drop_mark: str
    received_at: datetime
    modified_at: datetime | None = None
    way: str = "file"
    trial: bool = False

    @property
    def claim_key(self) -> str:
        """What a department may deliver once; an extract is one each night."""
        if self.way == "extract":
            return f"extract:{self.drop_mark}"
        return f"trial:{self.sha256}" if self.trial else self.sha256

    @property
    def name(self) -> str:
        """The file's own name."""
        return posixpath.basename(self.source_file)


@dataclass(frozen=True)
class Delivery:
    """A delivery that was claimed.

    Attributes:
        delivery_id: `<night>-<department>-<first 8 of sha256>`, known from the claim.
        batch_id: the same with the dataset in it; None until the dataset is told.
        answer_name: what the names of its receipt begin with, with its sub-folder.
        duplicate_of: delivery id of the first delivery of these bytes.
        verdict: accepted, partly, refused, duplicate, trial, platform_fault,
            set_aside; None = not checked yet.
        catalogue_version: of the catalogue it was checked against.
        received_at: instant at which its bytes arrived, in Shanghai's time. It orders
            the versions of a record and is the evidence for clocks.
        modified_at: when the file was last written to, as its sender claims, in
            Shanghai's time; None = nobody says.
        again_of: delivery id of the delivery whose bytes are taken again here.
    """

    delivery_id: str
    batch_id: str | None
    night: date
    department: str
    dataset: str | None
    source_file: str
    answer_name: str
    sha256: str
    bytes: int
    way: str
    trial: bool
    duplicate_of: str | None
    verdict: str | None
    rows: RowCounts
    catalogue_version: str | None
    received_at: datetime
    modified_at: datetime | None = None
    again_of: str | None = None

    @property
    def name(self) -> str:
        """The file's own name."""
        return posixpath.basename(self.source_file)

    @property
    def received_on(self) -> date:
        """The day of its arrival in Shanghai."""
        return business_date.today(self.received_at)
