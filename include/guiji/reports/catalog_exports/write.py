"""The exports of a catalogue as files."""

import json
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import yaml

from guiji.catalog.model import Catalog, Dataset
from guiji.core import files
from guiji.core.errors import UsageError
from guiji.reports.catalog_exports import (
    data_contract,
    dcat,
    json_schema,
    table_schema,
)

DCAT = "dcat"
DCAT_FILE = "catalogue.jsonld"

_Renderer = Callable[[Catalog, Dataset], dict[str, Any]]
_OF_ENTRIES: Mapping[str, tuple[str, _Renderer]] = {
    "table-schema": (".tableschema.json", table_schema.render),
    "json-schema": (".schema.json", json_schema.render),
    "data-contract": (".odcs.yaml", data_contract.render),
}
FORMATS = (*_OF_ENTRIES, DCAT)
"""Frictionless Table Schema, JSON Schema, Open Data Contract Standard, DCAT-AP."""


def texts(
    catalog: Catalog, datasets: Sequence[Dataset], formats: Sequence[str] = FORMATS
) -> dict[str, str]:
    """Write entries of a catalogue in some formats: name of the file -> its text.

    Args:
        catalog: the catalogue in use.
        datasets: the entries; DCAT lists these.
        formats: of `FORMATS`.

    Raises:
        UsageError: there is no such format.
    """
    for name in formats:
        if name not in FORMATS:
            listed = ", ".join(FORMATS)
            raise UsageError(f"no exports in the format {name!r}; use {listed}")
    chosen = [each for name, each in _OF_ENTRIES.items() if name in formats]
    written = {
        f"{dataset.id}{end}": _text(end, render(catalog, dataset))
        for dataset in datasets
        for end, render in chosen
    }
    if DCAT in formats:
        ends = [end for end, _ in chosen]
        written[DCAT_FILE] = _text(DCAT_FILE, dcat.render(catalog, datasets, ends))
    return written


def put(folder: Path, named: Mapping[str, str]) -> None:
    """Write files into a folder, each in one piece."""
    for name, text in named.items():
        files.write_text(folder / name, text)


def names(dataset: Dataset) -> dict[str, str]:
    """Name the files of one entry: format -> name."""
    return {name: f"{dataset.id}{end}" for name, (end, _) in _OF_ENTRIES.items()}


def _text(name: str, content: dict[str, Any]) -> str:
    if name.endswith(".yaml"):
        return yaml.safe_dump(content, allow_unicode=True, sort_keys=False, width=100)
    return json.dumps(content, ensure_ascii=False, indent=2) + "\n"
