"""How long circulars are kept as pages, documents and workbooks.

For ever, unless `GUIJI_KEEP_REPORTS_DAYS` says otherwise. Of an older night the page,
the document, the workbook and the list for people go; the figures (`circular.json`)
and the breaches (`breaches.parquet`) stay, and with them every answer of the view
`breaches`. Circulars of periods (`reports/periods/`) are never removed.
"""

from datetime import date, timedelta

from guiji.core.settings import Settings

READABLE = ("circular.html", "circular.xlsx", "circular.docx", "breaches.csv")


def expire(settings: Settings, today: date) -> list[str]:
    """Remove what people read of the circulars that have been kept long enough.

    Args:
        settings: `keep_reports_days`; None = nothing is removed.
        today: the day from which is counted back.

    Returns:
        Files that were removed now, below the data root.
    """
    if settings.keep_reports_days is None:
        return []
    oldest = today - timedelta(days=settings.keep_reports_days)
    removed = []
    for folder in sorted(settings.reports.glob("????-??-??")):
        if folder.name >= oldest.isoformat():
            continue
        for name in READABLE:
            if (folder / name).exists():
                (folder / name).unlink()
                removed.append(f"reports/{folder.name}/{name}")
    return removed
