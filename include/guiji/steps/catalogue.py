"""What people do with the catalogue."""

from pathlib import Path

from guiji import settings
from guiji.steps import opening


def catalogue_problems() -> list[str]:
    """List everything that is wrong in the catalogue, with file, line and remedy."""
    from guiji.catalog import load

    return load.validate(settings.current())


def catalogue_page(dataset: str, language: str = "zh") -> str:
    """Give the public page of one entry as HTML."""
    from guiji.catalog import page

    return page.render(opening.catalog(), dataset, language)


def catalogue_template(dataset: str, path: Path) -> str:
    """Write the workbook that a department fills in; return its path."""
    from guiji.catalog import template

    template.write(opening.catalog(), dataset, path)
    return str(path)
