"""A night that counts its changes of the file system, and dies at one of them."""

import sys

from night.homes import NIGHT, Home

PLENTY = 1_000_000
"""More changes than a night makes."""

PROGRAM = """
import os, sys
left = int(sys.argv[1])
real = {name: getattr(os, name) for name in ("replace", "rename", "unlink")}

def counted(name):
    def call(*args, **kwargs):
        global left
        left -= 1
        if left < 0:
            os._exit(137)
        return real[name](*args, **kwargs)
    return call

for name in real:
    setattr(os, name, counted(name))
sys.argv = ["guiji", "night", "--date", sys.argv[2]]
from guiji.cli.app import main
try:
    main()
finally:
    print(f"LEFT {left}")
"""


def kill_after(home: Home, changes: int) -> None:
    """Run the night in a process that dies at a change of the file system."""
    home.run([sys.executable, "-c", PROGRAM, str(changes), NIGHT], code=137)


def count(home: Home) -> int:
    """Run the night; tell how many files it put into place, moved or removed."""
    command = [sys.executable, "-c", PROGRAM, str(PLENTY), NIGHT]
    printed = home.run(command, code=1).splitlines()
    left = [line for line in printed if line.startswith("LEFT")]
    return PLENTY - int(left[-1].split()[1])
