"""Small registers of known enterprises, made by hand."""

from collections.abc import Sequence
from datetime import date
from pathlib import Path

import pyarrow as pa

from guiji.checking.register import NAME, SCHEMA, Register
from guiji.domain import fingerprints, text

Stated = tuple[str, str] | tuple[str, str, str] | tuple[str, str, str, str]
"""Code and value; further the kind, else a name; further the day, else 2020-01-01."""


def register_of(folder: Path, *stated: Stated, registered: bool = True) -> Register:
    """What the registrar (or, if not `registered`, somebody) stated."""
    return Register.of(statements(stated, registered=registered), folder / "register")


def statements(stated: Sequence[Stated], *, registered: bool = True) -> pa.Table:
    rows = []
    for code, value, *more in stated:
        kind, day = (*more, *(NAME, "2020-01-01")[len(more) :])
        compact = text.name_norm_one if kind == NAME else text.compact_one
        rows.append(
            {
                "uscc": code,
                "kind": kind,
                "form_id": fingerprint(compact(value)),
                "organisation_id": fingerprint(code[8:17]),
                "is_registered": registered,
                "valid_from": date.fromisoformat(day),
            }
        )
    return pa.Table.from_pylist(rows, SCHEMA)


def fingerprint(value: str | None) -> int:
    return int(fingerprints.of(pa.array([value], pa.string()))[0])
