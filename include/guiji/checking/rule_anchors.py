"""Where the page of a rule is: every id that a finding can bear has one.

A place is a path below the rules of a jurisdiction, without suffix, the same for the
Markdown in the repository and the HTML beside the dashboards.
"""

from guiji.catalog.model import Catalog
from guiji.checking.suite import cell_errors, row_errors

BATCH = "batch"
"""What ids begin with that say something about a delivery as a whole."""

ROWS, CELLS, DELIVERIES = "all-rows", "all-cells", "all-deliveries"
"""Folders of the pages that datasets share; no dataset has a hyphen in its id."""

KIND = "kind"
UNKNOWN = "unknown"


def page_of(rule_id: str) -> str:
    """Return the place of the page of any rule id that a finding can bear.

    Args:
        rule_id: `<dataset>.<rule>`, `<dataset>.<item>.<kind>`, `<dataset>.row.<fault>`,
            `<dataset>.<item>.<cell fault>` or `batch.<code>`.
    """
    dataset, _, rest = rule_id.partition(".")
    if dataset == BATCH:
        return f"{DELIVERIES}/{KIND if rest.startswith(f'{KIND}_') else rest}"
    about, _, fault = rest.rpartition(".")
    if about and fault.upper() in cell_errors.ERRORS:
        return f"{CELLS}/{fault}"
    if about == "row":
        return f"{ROWS}/{fault if fault.upper() in row_errors.ERRORS else UNKNOWN}"
    return f"{dataset}/{rest}"


def site(version: str) -> str:
    """Name the folder of a catalogue version's pages below the dashboards."""
    return f"rules/{version}"


def rule_page(catalog: Catalog, rule_id: str) -> str:
    """Return the address of a rule's page, for receipts and returned workbooks.

    Returns:
        A URL where the jurisdiction serves its dashboards (`rule_pages`), else the
        path below `dashboards/`.
    """
    path = f"{site(catalog.version)}/{page_of(rule_id)}.html"
    base = catalog.jurisdiction.rule_pages
    return path if base is None else f"{base.rstrip('/')}/{path}"
