"""Release a delivery that was held back as a whole."""

from dataclasses import asdict
from typing import Any

from guiji.context import Context


def release_batch(batch: str, by: str, why: str) -> dict[str, Any]:
    """Release a refused delivery for the coming night, on a person's word.

    Args:
        batch: batch id or delivery id of the refused delivery.
        by: who releases it.
        why: the explanation.

    Returns:
        `first_id`, `by`, `why`, `rules` that are waived, `is_new` (false: it was
        released before, and that release stands), `taken_as` (delivery id, null until
        a night has taken it).

    Raises:
        UsageError: see `guiji.pipeline.batch.release.release`.
    """
    from guiji.pipeline.batch.release import release

    released = release(Context.current(), batch, by, why)
    return {**asdict(released), "rules": list(released.rules)}
