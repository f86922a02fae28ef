"""The verb `sample`: drops of invented enterprises, to try the platform with."""

from guiji.context import Context
from guiji.core import business_date, settings
from guiji.sample import generate


def sample(rows: int, seed: int, nights: int, last_night: str) -> list[str]:
    """Write realistic drops and department databases with known faults.

    Args:
        rows: of a night.
        seed: the same seed gives the same bytes.
        nights: in a row; the first is dropped at once, the others wait.
        last_night: business date of the last one.

    Returns:
        Lines that say what was written where.
    """
    context = Context.current()
    sample = generate.generate(
        context.settings,
        context.catalog,
        rows,
        seed,
        nights,
        business_date.parse(last_night),
    )
    now = context.settings
    return [
        f"报送 deliveries: {sample.deliveries}, 行 rows: {sample.rows}, {now.inbox}",
        f"已知问题 known faults: {sample.faults}, {generate.folder(now)}",
    ]


def release(night: str) -> str:
    """Drop a generated night that waits: files into inboxes, rows into databases."""
    touched = generate.release(settings.current(), business_date.parse(night))
    return f"报送 files and databases: {touched}, {night}"
