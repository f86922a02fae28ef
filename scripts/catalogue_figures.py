"""Write docs/catalogues.md: what each government's catalogue holds, in figures."""

from collections.abc import Iterable, Iterator
from pathlib import Path

import pydantic

from guiji.catalog.clocks import PARAMETER
from guiji.catalog.load import load_folder
from guiji.catalog.model import Catalog
from guiji.catalog.vocabulary import Confidence

HOME = Path(__file__).parents[1]
PAGE = HOME / "docs" / "catalogues.md"
ROOTS = HOME / "catalog", HOME / "expectations"
HEAD = """\
# Catalogues in figures

Made by `python scripts/catalogue_figures.py`; a test compares it with the catalogues.
A clause is counted once per catalogue, wherever it is cited: at clocks, terms, channels
and rules. A number without one is a parameter of the platform (平台参数). What is
uncertain is marked `confidence: medium` or `low` in the YAML and on the pages.

| catalogue | datasets | items | units | clauses | parameters | medium | low |
|---|---|---|---|---|---|---|---|
"""


def models(value: object, name: str = "") -> Iterator[tuple[str, pydantic.BaseModel]]:
    """Yield every part of a catalogue that is a model, named by its keys and ids."""
    if isinstance(value, pydantic.BaseModel):
        yield name, value
        for key in type(value).model_fields:
            yield from models(getattr(value, key), f"{name}.{key}" if name else key)
    elif isinstance(value, dict):
        for key, part in value.items():
            yield from models(part, f"{name}.{key}")
    elif isinstance(value, tuple):
        for number, part in enumerate(value):
            known = getattr(part, "id", None) or getattr(part, "title", number)
            yield from models(part, f"{name}.{known}")


def clauses(catalog: Catalog) -> set[str]:
    """Return the clauses that the catalogue cites, each document and paragraph once."""
    cited = {getattr(part, "clause", None) or "" for _, part in models(catalog)}
    return {c.strip() for clause in cited for c in clause.split(";")} - {"", PARAMETER}


def parameters(catalog: Catalog) -> int:
    """Return how many numbers no document gives."""
    return sum(
        PARAMETER in (getattr(part, "clause", None) or "")
        for _, part in models(catalog)
    )


def of_confidence(catalog: Catalog, confidence: Confidence) -> list[str]:
    """Name the parts of the catalogue that are as certain as this."""
    return [
        name
        for name, part in models(catalog)
        if getattr(part, "confidence", None) is confidence
    ]


def page(catalogs: Iterable[Catalog]) -> str:
    """Return the page that the catalogues give."""
    rows, lists = [], []
    for catalog in catalogs:
        here = catalog.jurisdiction
        low = of_confidence(catalog, Confidence.LOW)
        figures = (
            f"{here.title} `{here.id}`",
            len(catalog.datasets),
            sum(len(d.items) for d in catalog.datasets.values()),
            len(catalog.departments),
            len(clauses(catalog)),
            parameters(catalog),
            len(of_confidence(catalog, Confidence.MEDIUM)),
            len(low),
        )
        rows.append(f"| {' | '.join(map(str, figures))} |\n")
        lists.append(f"\n## {here.title}: of low confidence\n\n")
        lists += [f"- `{name}`\n" for name in low]
    return "".join((HEAD, *rows, *lists))


if __name__ == "__main__":
    names = sorted(p.parent.name for p in ROOTS[0].glob("*/jurisdiction.yml"))
    loaded = (load_folder(*ROOTS, name) for name in names)
    PAGE.write_text(page(loaded), encoding="utf-8")
