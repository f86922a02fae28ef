"""What pydantic says about a file, told with line and remedy.

The people who mend the catalogue know its keys, not pydantic: every fault names the
line, what is wrong there and what to write instead, with the nearest valid name.
"""

import difflib
import re
import types
import typing
from collections.abc import Iterable
from typing import Any, TypeVar

import pydantic
from pydantic_core import ErrorDetails

from guiji.catalog.source import Place, Problem, Source

LISTED = 50
"""Most names that a remedy lists: no model has more keys, no word more values."""

M = TypeVar("M", bound=pydantic.BaseModel)


def model(
    kind: type[M], source: Source, problems: list[Problem], **extra: str
) -> M | None:
    """Make a model of a file's content.

    Args:
        kind: the model.
        source: the file.
        problems: takes what is wrong.
        extra: values that the file's place gives, such as its id.

    Returns:
        The model, or None if anything is wrong.
    """
    twice = sorted(extra.keys() & source.content.keys())
    if twice:
        what = f"{twice[0]!r} is given by the file's name"
        problems.append(source.problem((twice[0],), what, "leave the line out"))
        return None
    try:
        return kind.model_validate({**extra, **source.content})
    except pydantic.ValidationError as error:
        errors = error.errors()
        misspelt = {_meant(kind, e) for e in errors if e["type"] == "extra_forbidden"}
        problems += [
            _problem(kind, source, e) for e in errors if e["loc"] not in misspelt
        ]
        return None


def nearest(name: str, names: Iterable[str]) -> str:
    """Return the remedy for an unknown name: the nearest valid one, and all of them."""
    valid = sorted(set(names))
    if not valid:
        return "there is none to name here, leave it out"
    listed = ", ".join(valid[:LISTED]) + (", …" if len(valid) > LISTED else "")
    close = "".join(f"did you mean {other!r}? " for other in _close(name, valid))
    return f"{close}use one of: {listed}"


def _close(name: str, names: Iterable[str]) -> list[str]:
    return difflib.get_close_matches(name, sorted(set(names)), n=1, cutoff=0.6)


def _meant(kind: type[pydantic.BaseModel], e: ErrorDetails) -> Place:
    """Return the place of the key that an unknown key was probably meant to be."""
    *around, key = e["loc"]
    return (*around, *_close(str(key), _keys(kind, e["loc"])))


def _problem(
    kind: type[pydantic.BaseModel], source: Source, e: ErrorDetails
) -> Problem:
    place: Place = tuple(step for step in e["loc"] if step != "[key]")
    label = ".".join(str(step) for step in place) or "the file"
    match e["type"]:
        case "extra_forbidden":
            what = f"unknown key {place[-1]!r}"
            return source.problem(
                place, what, nearest(str(place[-1]), _keys(kind, place))
            )
        case "missing":
            what = f"{label} is missing"
            return source.problem(place, what, f"add `{place[-1]}: …`")
        case "enum":
            names = re.findall(r"'([^']+)'", e["ctx"]["expected"])
            what = f"{label}: no such value {_shown(e['input'])}"
            return source.problem(place, what, nearest(str(e["input"]), names))
        case "string_type":
            what = f"{label} must be a text, not {_shown(e['input'])}"
            return source.problem(place, what, "write it in quotes")
        case "string_pattern_mismatch":
            what = f"{label}: {_shown(e['input'])} does not fit {e['ctx']['pattern']}"
            return source.problem(place, what, "write a name of that form")
        case "value_error":
            return _rule(source, place, str(e["ctx"]["error"]))
        case _:
            what = f"{label}: {_shown(e['input'])}: {e['msg']}"
            return source.problem(place, what, "write a value of that kind")


def _rule(source: Source, place: Place, message: str) -> Problem:
    """Place the message of a model's own check at the words that it names."""
    _, _, names = message.partition(": ")
    for name in re.split(r", ", names) if names else ():
        places = [p for p in source.places(name) if p[: len(place)] == place]
        if places:
            repeated = "repeated" in message
            remedy = "rename one of them" if repeated else "correct the name"
            if not repeated:
                remedy = nearest(name, _item_ids(source))
            return source.problem(places[-1 if repeated else 0], message, remedy)
    first = message.partition(" ")[0]
    if (*place, first) in source.lines:
        return source.problem((*place, first), message, "correct this value")
    return source.problem(place, message, "complete or correct this entry")


def _item_ids(source: Source) -> list[str]:
    items = source.content.get("items") or ()
    return [
        i["id"] for i in items if isinstance(i, dict) and isinstance(i.get("id"), str)
    ]


def _shown(value: object) -> str:
    text = repr(value)
    return text if len(text) <= 60 else text[:57] + "…"


def _keys(kind: type[pydantic.BaseModel], place: Place) -> list[str]:
    """List the keys allowed beside the last step of a place."""
    hint: Any = kind
    for step in place[:-1]:
        if isinstance(hint, type) and issubclass(hint, pydantic.BaseModel):
            hint = hint.model_fields[str(step)].annotation
        else:
            hint = typing.get_args(hint)[-1 if _is_mapping(hint) else 0]
        hint = _without_none(hint)
    return list(hint.model_fields)


def _is_mapping(annotation: Any) -> bool:
    return typing.get_origin(annotation) is dict


def _without_none(annotation: Any) -> Any:
    if typing.get_origin(annotation) in (typing.Union, types.UnionType):
        return next(a for a in typing.get_args(annotation) if a is not type(None))
    return annotation
