"""A value of the catalogue as the text of one cell, and back without loss.

A word of a vocabulary stands in Chinese, a list has one line per entry, a mapping is
YAML. A text that a cell would not keep (blank ends, control characters) and a list that
lines cannot hold are written as JSON.
"""

import json
import re
import types
import typing
from enum import StrEnum
from typing import Any

import pydantic_core
import yaml

from guiji.catalog.source import LOADER
from guiji.catalog.words import say

_BEGINS = {"list": "[", "dict": "{", "str": '"'}
YES, NO = "是", "否"
_UNSAFE = re.compile(
    r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\ufffe\uffff]"
)


class NotReadable(ValueError):
    """A cell does not hold what its column takes; the message says why."""


def write(value: Any, hint: Any) -> str:
    """Return a value as the text of a cell.

    Args:
        value: of the type `hint`; None only of a model or mapping.
        hint: the annotation of its key.
    """
    if value is None:
        return "null"
    hint = plain(hint)
    data = pydantic_core.to_jsonable_python(value)
    if isinstance(data, list) and (part := _part(hint)):
        return _lines([_scalar(entry, part) for entry in data], data)
    if isinstance(data, dict | list):
        return _mapping(data)
    return _scalar(data, hint)


def read(text: str, hint: Any) -> Any:
    """Return what a cell says, as a model takes it; numbers and dates remain text.

    Raises:
        NotReadable: it is no JSON or YAML where it should be.
    """
    hint, text = plain(hint), text.strip()
    if part := _part(hint):
        listed = _json(text, list)
        if listed is not None:
            return listed
        lines = (line.strip() for line in text.split("\n"))
        return [_value(line, part) for line in lines if line]
    if not isinstance(hint, type) or hasattr(hint, "model_fields"):
        return _yaml(text)
    return _value(text, hint)


def plain(hint: Any) -> Any:
    """Return an annotation without `Annotated` and `None`."""
    if typing.get_origin(hint) is typing.Annotated:
        return plain(typing.get_args(hint)[0])
    if typing.get_origin(hint) in (typing.Union, types.UnionType):
        return plain(next(a for a in typing.get_args(hint) if a is not type(None)))
    return hint


def words(hint: Any) -> list[str]:
    """List the words that a cell may hold; empty where it is free."""
    hint = plain(hint)
    if hint is bool:
        return [YES, NO]
    return [say(value) for value in hint] if _is(hint, StrEnum) else []


def _part(hint: Any) -> Any:
    """Return the type of a list's entries; None: no list, or none of plain values."""
    if typing.get_origin(hint) is not tuple:
        return None
    part = plain(typing.get_args(hint)[0])
    return (
        part if isinstance(part, type) and not hasattr(part, "model_fields") else None
    )


def _is(hint: Any, kind: type) -> bool:
    return isinstance(hint, type) and issubclass(hint, kind)


def _scalar(value: Any, hint: Any) -> str:
    if isinstance(value, bool):
        return YES if value else NO
    if _is(hint, StrEnum):
        return say(hint(value))
    text = str(value)
    if _UNSAFE.search(text):
        return json.dumps(text)
    is_kept = text and text == text.strip() and text[0] != '"'
    return text if is_kept else json.dumps(text, ensure_ascii=False)


def _value(text: str, hint: Any) -> Any:
    if hint is bool:
        return {YES: True, NO: False}.get(text, text)
    if _is(hint, StrEnum):
        return {say(value): value.value for value in hint}.get(text, text)
    unquoted = _json(text, str)
    return text if unquoted is None else unquoted


def _lines(entries: list[str], data: list[Any]) -> str:
    if entries and entries[0][0] != "[" and not any("\n" in e for e in entries):
        return "\n".join(entries)
    return json.dumps(data, ensure_ascii=any(_UNSAFE.search(str(x)) for x in data))


def _mapping(data: Any) -> str:
    text = yaml.safe_dump(data, allow_unicode=True, sort_keys=False, width=10**6)
    return json.dumps(data) if _UNSAFE.search(text) else text.strip()


def _json(text: str, kind: type) -> Any:
    """Return the list or text that a cell holds as JSON; None where it holds none."""
    if not text.startswith(_BEGINS[kind.__name__]):
        return None
    try:
        value = json.loads(text)
    except ValueError:
        return None
    return value if isinstance(value, kind) else None


def _yaml(text: str) -> Any:
    for kind in (dict, list):
        if (data := _json(text, kind)) is not None:
            return data
    try:
        return yaml.load(text, Loader=LOADER)  # noqa: S506  # the safe one
    except (yaml.YAMLError, ValueError) as error:
        what = "the cell is not YAML"
        raise NotReadable(what) from error
