"""Name and reason of a person who steps in, as they may be told to everybody."""

import pyarrow as pa

from guiji.checking import masking
from guiji.core.errors import UsageError


def signature(by: str, why: str) -> tuple[str, str]:
    """Check a name and a reason.

    Args:
        by: the person's name.
        why: the explanation; identity and phone numbers in it are masked.

    Raises:
        UsageError: one of them is empty.
    """
    return scrubbed("--by", by), scrubbed("--why", why)


def scrubbed(option: str, text: str) -> str:
    """Return what a person said under an option, without personal numbers.

    Raises:
        UsageError: it is empty.
    """
    words = " ".join(text.split())
    if not words:
        raise UsageError(f"{option} must not be empty")
    masked: str = masking.scrub(pa.array([words]), doubtful=True)[0].as_py()
    return masked
