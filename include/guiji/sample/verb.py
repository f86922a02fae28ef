"""The verb `sample`: drops of invented enterprises, to try the platform with."""

from guiji.context import Context
from guiji.core import business_date, settings
from guiji.sample import generate


def sample(
    rows: int, seed: int, nights: int, last_night: str, deliveries: int | None = None
) -> list[str]:
    """Write realistic drops and department databases with known faults.

    Args:
        rows: of a night.
        seed: the same seed gives the same bytes.
        nights: in a row; the first is dropped at once, the others wait.
        last_night: business date of the last one.
        deliveries: over which the rows of a night are spread; None = one per
            department and dataset, and the special ones.

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
        deliveries,
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
