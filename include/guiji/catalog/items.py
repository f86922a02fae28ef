"""Items of information and the code lists that they take their values from."""

from typing import Self

import pydantic

from guiji.catalog.base import Identifier, Model
from guiji.catalog.vocabulary import (
    Confidence,
    ItemType,
    Masking,
    OpenLevel,
    Sensitivity,
    Severity,
)


class Condition(Model):
    """Holds where an item has one of some values, or contains one of some words."""

    item: Identifier
    values: tuple[str, ...] = ()
    contains: tuple[str, ...] = ()

    @pydantic.model_validator(mode="after")
    def _one_way(self) -> Self:
        if bool(self.values) == bool(self.contains):
            raise ValueError("give either `values` or `contains`")
        return self


class Body(Model):
    """The items that name a body and hold its credit code; at least one of them."""

    name: Identifier | None = None
    uscc: Identifier | None = None

    @pydantic.model_validator(mode="after")
    def _some(self) -> Self:
        if not self.items():
            raise ValueError(
                "name the item of the body's `name`, of its `uscc` or both"
            )
        return self

    def items(self) -> tuple[str, ...]:
        """Name its items, the code first: it is the surer of the two."""
        return tuple(item for item in (self.uscc, self.name) if item)


class Item(Model):
    """One item of information (信息项)."""

    id: Identifier
    """Column name in the warehouse."""

    title: str
    """Heading as the catalogue prints it, e.g. 企业名称."""

    code: str
    """Code of the item in its standard, e.g. CF_WSH."""

    aliases: tuple[str, ...] = ()
    """Other headings under which departments deliver it."""

    type: ItemType = ItemType.TEXT
    length: int | None = pydantic.Field(default=None, ge=1)
    """Most characters of a text."""

    required: bool = False
    required_when: Condition | None = None
    empty_when: Condition | None = None
    code_list: Identifier | None = None
    """For `code` and `codes`: the list in the dataset's or jurisdiction's `codes`."""

    unit: str | None = None
    """For amounts: the unit of a bare number and of the stored value: 元 or 万元."""

    currency_item: Identifier | None = None
    """For amounts: the item that takes a currency written beside the number."""

    placeholder: str | None = None
    """For credit codes: what says that there is none yet, where the standard has such a
    word; the row then counts as one without a code."""

    minimum: float | None = None
    maximum: float | None = None
    sensitivity: Sensitivity = Sensitivity.OPEN
    masking: Masking = Masking.NONE
    open_level: OpenLevel = OpenLevel.PUBLIC
    severity: Severity = Severity.CRITICAL
    """Of a fault in the item's form; a missing required item is always critical."""

    mostly: float = pydantic.Field(default=1.0, gt=0, le=1)
    """Share of the values given that must be well-formed; below it the delivery as a
    whole is at fault. 1 = rows are judged one by one only."""

    confidence: Confidence = Confidence.HIGH
    remark: str | None = None
    """Filling-in note for the template."""

    @pydantic.model_validator(mode="after")
    def _whole(self) -> Self:
        if self.type in (ItemType.CODE, ItemType.CODES) and self.code_list is None:
            raise ValueError(f"item {self.id}: type {self.type} needs `code_list`")
        if self.type is ItemType.AMOUNT and self.unit is None:
            raise ValueError(f"item {self.id}: an amount needs `unit`")
        if self.placeholder is not None and self.type is not ItemType.USCC:
            raise ValueError(f"item {self.id}: only a credit code has `placeholder`")
        if self.type in (ItemType.PERSON_ID, ItemType.PHONE):
            if self.open_level is OpenLevel.PUBLIC:
                raise ValueError(f"item {self.id}: personal, cannot be public")
            if self.masking is Masking.NONE:
                raise ValueError(f"item {self.id}: personal, needs `masking`")
        return self


class Code(Model):
    """One value of a code list."""

    code: str
    """The stored value."""

    title: str
    aliases: tuple[str, ...] = ()


class CodeList(Model):
    """The values that an item may take."""

    values: tuple[Code, ...] = pydantic.Field(min_length=1)
    other_prefix: str | None = None
    """A value that begins so is allowed as well, e.g. 其他-."""
