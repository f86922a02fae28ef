"""What can go wrong with a file at a department."""

from guiji.core.errors import GuijiError


class Moved(GuijiError):
    """A file changed or went away while it was being read; look again later."""


class Unreadable(GuijiError):
    """A file may not be opened, or has become something that is no file."""


class Crowded(GuijiError):
    """A folder holds more entries than are looked at."""
