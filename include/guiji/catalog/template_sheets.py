"""The sheets beside the records in a fill-in template, by which it is known again."""

from collections.abc import Iterable

NOTES = "填报说明"
"""Name of the sheet that says how to fill in the others."""

CODES = "字典"
"""Name of the hidden sheet that holds the code lists of the drop-downs."""

VERSION_PROPERTY = "catalogue_version"
"""Document property that holds the version of the catalogue that made it."""

VERSION_LINE = "模板版本: "
"""Begin of the line of the notes that says the version of the dataset's entry; xls has
no document properties that are read."""


def notes_title(dataset_title: str) -> str:
    """Return the text of the first cell of the sheet with notes."""
    return f"《{dataset_title}》{NOTES}"


def is_notes_title(text: str) -> bool:
    """Return whether a first cell is that of the notes of a template."""
    return text.startswith("《") and text.strip().endswith(f"》{NOTES}")


def version_line(version: str) -> str:
    """Return the line of the notes that says which version of the entry it is for."""
    return f"{VERSION_LINE}{version}"


def version_in(lines: Iterable[str]) -> str:
    """Return the version that the notes of a template state; empty: none."""
    stated = (x.removeprefix(VERSION_LINE) for x in lines if x.startswith(VERSION_LINE))
    return next(stated, "").strip()
