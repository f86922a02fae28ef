"""Compare a jurisdiction's rules across items with those of its sister jurisdictions.

Rules that a dataset has from the definition that it extends count as its own.

A catalogue without its `expectations/` is used without any rule across items, or, where
`GUIJI_CATALOG` points elsewhere, with those of the checkout. That stops no night, so
it is easily overlooked.
"""

from collections.abc import Iterator, Mapping
from pathlib import Path

from guiji.catalog.source import Problem, Unreadable, read
from guiji.core.settings import Settings


def check(settings: Settings, rules: Mapping[str, frozenset[str]]) -> Iterator[Problem]:
    """Find a missing folder of rules, and rules that only a sister jurisdiction has.

    Args:
        settings: where catalogue and rules are.
        rules: dataset -> ids of its rules; datasets that cannot be read are left out.
    """
    own = settings.expectations / settings.jurisdiction
    label = f"expectations/{settings.jurisdiction}"
    if not own.is_dir() and not any(rules.values()):
        what = f"the folder {own} is missing: nothing is checked across items"
        remedy = (
            "add it; an empty file <dataset>.yml with `rules: []` says so on purpose"
        )
        yield Problem(label, 1, what, remedy)
        return
    if settings.expectations.parent != settings.catalog.parent:
        what = f"no expectations/ beside {settings.catalog}: those of {own} are used"
        remedy = "put the catalogue's own beside it"
        yield Problem(label, 1, what, remedy, is_warning=True)
    sisters = sorted(p.parent.name for p in settings.catalog.glob("*/jurisdiction.yml"))
    for sister in sisters:
        if sister == settings.jurisdiction:
            continue
        for dataset, names in sorted(rules.items()):
            path = settings.expectations / sister / f"{dataset}.yml"
            if lacking := sorted(_rules(path) - names):
                what = f"{sister} has rules that are missing here: {', '.join(lacking)}"
                remedy = (
                    f"take them over from {path.parent.name}/{path.name} if they fit"
                )
                file = f"{label}/{dataset}.yml"
                yield Problem(file, 1, what, remedy, is_warning=True)


def _rules(path: Path) -> frozenset[str]:
    """Name the rules of a file that others may want; none if it cannot be read."""
    try:
        listed = read(path, path.name).content.get("rules") or ()
    except Unreadable:
        return frozenset()
    return frozenset(
        str(rule["id"])
        for rule in listed
        if isinstance(rule, dict) and "id" in rule and not rule.get("local")
    )
