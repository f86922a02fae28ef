"""Characters that say that a text is not what was written."""

import re

LOST = "\ufffd"
"""What stands in the place of bytes that are no character."""

PRIVATE = re.compile("[\ue000-\uf8ff\U000f0000-\U0010fffd]")
"""Characters that every font shows otherwise."""
