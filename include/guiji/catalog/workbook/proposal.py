"""A change of the catalogue, made of what a filled-in workbook says differently."""

from typing import Any

from guiji.catalog.inheritance import LISTS_OF_ENTRIES, MAPPINGS_BY_KEY
from guiji.catalog.model import Catalog
from guiji.core.errors import UsageError


def change(before: Catalog, after: Catalog) -> dict[str, Any]:
    """Return what a change must say to make one catalogue of another.

    Args:
        before: the catalogue in force.
        after: the one of the workbook.

    Returns:
        Of `datasets`, `rules`, `departments` and `jurisdiction` of a change, those
        that differ.

    Raises:
        UsageError: an entry is gone that no change can take away.
    """
    gone = [*(before.datasets.keys() - after.datasets.keys())]
    gone += before.departments.keys() - after.departments.keys()
    if gone:
        listed = ", ".join(sorted(gone))
        raise UsageError(f"{listed} is gone: put it back and give it `valid_to`")
    datasets, rules = {}, {}
    for name, dataset in after.datasets.items():
        was = before.datasets.get(name)
        datasets[name] = _changed(_dump(was) if was else None, _dump(dataset))
        listed_rules = (before.rules.get(name, ()), after.rules.get(name, ()))
        sides = [{"rules": [_dump(r) for r in side]} for side in listed_rules]
        rules[name] = _changed(*sides)
    units = [[*map(_dump, c.departments.values())] for c in (before, after)]
    parts = {
        "datasets": {n: c for n, c in datasets.items() if c},
        "rules": {n: c for n, c in rules.items() if c},
        "departments": _entries(*units)[0],
        "jurisdiction": _changed(_dump(before.jurisdiction), _dump(after.jurisdiction)),
    }
    return {key: part for key, part in parts.items() if part}


def _dump(model: Any) -> dict[str, Any]:
    content: dict[str, Any] = model.model_dump(mode="json")
    if "batch_limits" in content:  # a limit that is left out is not one that is null
        said = model.batch_limits.model_dump(mode="json", exclude_unset=True)
        content["batch_limits"] = said
    return content


def _changed(before: dict[str, Any] | None, after: dict[str, Any]) -> dict[str, Any]:
    """Return the keys that differ; of a new entry, all that say anything."""
    if before is None:
        return {k: v for k, v in after.items() if k != "id" and v is not None}
    changed: dict[str, Any] = {}
    without: list[str] = []
    for key, value in after.items():
        was = before.get(key)
        if was == value:
            continue
        if key in LISTS_OF_ENTRIES:
            entries, gone = _entries(was or [], value or [])
            without += gone
            if entries:
                changed[key] = entries
        elif key in MAPPINGS_BY_KEY:
            changed[key] = {k: v for k, v in value.items() if (was or {}).get(k) != v}
        else:
            changed[key] = value
    return changed | ({"without": without} if without else {})


def _entries(
    before: list[dict[str, Any]], after: list[dict[str, Any]]
) -> tuple[list[dict[str, Any]], list[str]]:
    """Return the entries that differ, each with its id, and the ids that are gone."""
    were = {entry["id"]: entry for entry in before}
    entries, last = [], None
    for entry in after:
        name = entry["id"]
        if name not in were:
            place: dict[str, Any] = {"after": last} if last else {}
            entries.append({"id": name, **_changed(None, entry), **place})
        elif differing := _changed(were[name], entry):
            entries.append({"id": name, **differing})
        last = name
    return entries, [name for name in were if name not in {e["id"] for e in after}]
