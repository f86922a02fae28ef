"""Channels (公示渠道): sites that publish what is released, and in which form."""

from datetime import date

import pydantic

from guiji.catalog.base import Identifier, Model
from guiji.catalog.vocabulary import (
    PART_OF,
    Audience,
    ChannelFormat,
    Confidence,
    SubjectClass,
)


class Channel(Model):
    """A site or receiver that gets what is released."""

    id: Identifier
    title: str
    aliases: tuple[str, ...] = ()
    """Other names of the site, former ones too."""

    datasets: tuple[Identifier, ...] = pydantic.Field(min_length=1)
    subject_classes: tuple[SubjectClass, ...] = pydantic.Field(
        default=tuple(c for c in SubjectClass if c is not SubjectClass.PERSON),
        min_length=1,
    )
    """Whose records it shows; natural persons' only where it lists them. Who lists
    enterprises or institutions means what belongs to them, too; ask `shown_classes`."""

    audience: Audience = Audience.PUBLIC
    format: ChannelFormat = ChannelFormat.CSV
    valid_from: date | None = None
    valid_to: date | None = None
    confidence: Confidence = Confidence.HIGH
    clause: str

    @property
    def shown_classes(self) -> tuple[SubjectClass, ...]:
        """The classes whose records it shows, in the order of the vocabulary."""
        listed = set(self.subject_classes)
        return tuple(c for c in SubjectClass if {c, PART_OF.get(c)} & listed)
