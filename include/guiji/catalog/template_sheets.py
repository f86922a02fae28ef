"""The sheets beside the records in a fill-in template, by which it is known again."""

NOTES = "填报说明"
"""Name of the sheet that says how to fill in the others."""

CODES = "字典"
"""Name of the hidden sheet that holds the code lists of the drop-downs."""

VERSION_PROPERTY = "catalogue_version"
"""Document property that holds the version of the catalogue that made it."""


def notes_title(dataset_title: str) -> str:
    """Return the text of the first cell of the sheet with notes."""
    return f"《{dataset_title}》{NOTES}"


def is_notes_title(text: str) -> bool:
    """Return whether a first cell is that of the notes of a template."""
    return text.startswith("《") and text.strip().endswith(f"》{NOTES}")
