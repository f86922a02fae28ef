"""What the lines of a publication are made with, beside the records.

Where two nights have the same basis, a record that did not change has the same line,
until its term ends.
"""

import hashlib
from pathlib import Path

import duckdb
import pyarrow as pa

import guiji
from guiji.context import NightContext


def of_night(context: NightContext) -> str:
    """Return the digest of what a night's lines are made with.

    That is the catalogue, the regimes of terms that are in force, the calendar, the
    engine and the code: every module and every query counts, because what a line
    shows, withholds or reveals is decided in many of them.

    Args:
        context: settings, where the SQL models are; catalogue; calendar; night.
    """
    digest = hashlib.sha256()
    night, catalog = context.night, context.catalog
    in_force = [
        regime.id
        for regime in catalog.jurisdiction.term_regimes
        if regime.effective_from <= night
        and (regime.effective_to is None or night <= regime.effective_to)
    ]
    parts = [catalog.model_dump_json(), *in_force, context.calendar.version]
    parts += [context.settings.engine, duckdb.__version__, pa.__version__]
    for part in parts:
        digest.update(part.encode() + b"\0")
    code = Path(guiji.__file__).parent
    for root, pattern in ((code, "*.py"), (context.settings.sql, "*.sql")):
        for path in sorted(root.rglob(pattern)):
            content = path.read_bytes()
            digest.update(f"{path.relative_to(root)} {len(content)}\0".encode())
            digest.update(content)
    return digest.hexdigest()
