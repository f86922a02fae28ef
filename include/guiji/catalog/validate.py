"""Everything that is wrong in the catalogue in use, as `guiji catalogue validate` says.

Beside what stops `load`, it looks for what is wrong only in comparison: with the other
jurisdictions, and with the versions that nights have used.
"""

from guiji.catalog import load, sisters, versions
from guiji.catalog.source import Problem
from guiji.core.settings import Settings


def validate(settings: Settings) -> list[Problem]:
    """List everything that is wrong, by file and line.

    Raises:
        CatalogError: there is no such jurisdiction.
    """
    folder = load.inspect(settings)
    problems = {
        *folder.problems,
        *sisters.check(settings, folder.rule_names),
        *versions.check(settings, folder.datasets),
    }
    return sorted(problems)
