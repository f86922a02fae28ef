"""Catalogues whose values are drawn: every key of the models gets odd ones."""

import random
import typing
from datetime import date, timedelta
from enum import StrEnum
from typing import Any

import pydantic

from guiji.catalog.base import Model
from guiji.catalog.model import Catalog
from guiji.catalog.workbook.cells import plain

TEXTS = (
    *(
        "甲",
        " 前后空格 ",
        "",
        "两\n行",
        "\r\n",
        "\t",
        "null",
        "是",
        "[方括号]",
        '"引号',
        '"整"',
    ),
    *("=1+1", "'撇号", "_x0041_", "_x005F_", "123456789012345678", "1E5", "0", "007"),
    *(
        "键: 值",
        "- 项",
        "{a: 1}",
        "# 注",
        "&a",
        "*a",
        "!t",
        "?",
        "a;b；c",
        "\x07",
        "\x85",
    ),
    *("😀𠮷", "2026-01-02", "~", "yes", "\ufeff", "\u2028", "#N/A", "[]", "{}", '""'),
)


def drawn(catalog: Catalog, seed: int) -> Catalog:
    """Return a catalogue with values of other kinds where the models allow them."""
    rng = random.Random(seed)
    rules = {n: tuple(_drawn(r, rng) for r in rs) for n, rs in catalog.rules.items()}
    if rng.random() < 0.2:
        rules = dict.fromkeys(rules, ())
    return Catalog(
        jurisdiction=_drawn(catalog.jurisdiction, rng),
        departments={n: _drawn(d, rng) for n, d in catalog.departments.items()},
        datasets={n: _drawn(d, rng) for n, d in catalog.datasets.items()},
        rules=rules,
        version=catalog.version,
    )


def _drawn(model: Model, rng: random.Random) -> Any:
    for name, field in type(model).model_fields.items():
        value = getattr(model, name)
        if isinstance(value, Model):
            model = _with(model, name, _drawn(value, rng))
        elif isinstance(value, tuple) and value and isinstance(value[0], Model):
            model = _with(model, name, tuple(_drawn(v, rng) for v in value))
        if name != "id" and rng.random() < 0.25:
            annotation = typing.get_type_hints(type(model), include_extras=True)[name]
            is_optional = field.default is None
            other = (
                None if is_optional and rng.random() < 0.3 else _any(annotation, rng)
            )
            model = _with(model, name, other)
    return model


def _with(model: Model, name: str, value: Any) -> Model:
    """Return a model with another value; as it is where the models refuse that."""
    content = {n: getattr(model, n) for n in model.model_fields_set}
    try:
        return type(model).model_validate({**content, name: value})
    except pydantic.ValidationError:
        return model


def _any(annotation: Any, rng: random.Random) -> Any:
    hint = plain(annotation)
    parts = typing.get_args(hint)
    match typing.get_origin(hint):
        case kind if kind is tuple:
            return tuple(_any(parts[0], rng) for _ in range(rng.randint(0, 3)))
        case kind if kind is dict:
            listed = range(rng.randint(0, 3))
            return {_any(parts[0], rng): _any(parts[1], rng) for _ in listed}
    if issubclass(hint, StrEnum):
        return rng.choice([*hint])
    if issubclass(hint, Model):
        content = {n: _any(f.annotation, rng) for n, f in hint.model_fields.items()}
        try:
            return hint.model_validate(content)
        except pydantic.ValidationError:
            return None
    scalars = {
        bool: lambda: rng.random() < 0.5,
        int: lambda: rng.randint(1, 10**9),
        float: lambda: rng.choice([0.1, 1.0, 1e-9, rng.random()]),
        date: lambda: date(1949, 10, 1) + timedelta(days=rng.randint(0, 50_000)),
        str: lambda: rng.choice([*TEXTS, f"name_{rng.randint(0, 9)}"]),
    }
    return scalars[hint]()
