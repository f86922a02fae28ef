"""Ports for the servers of the tests, which no other process takes meanwhile.

A port that the system chooses may be anybody's again before the server listens, as the
end of an outgoing connection or as a server of another worker. These lie below the
ports of outgoing connections, and a name in the kernel reserves each for this process,
to its end.
"""

import os
import socket

FIRST, LAST = 20_000, 30_000
RESERVED: list[socket.socket] = []
"""Names that are bound, one for each port."""


def free_port() -> int:
    """Return a port that nobody listens on, reserved for this process."""
    begin = os.getpid() * 7 % (LAST - FIRST)
    for number in range(LAST - FIRST):
        port = FIRST + (begin + number) % (LAST - FIRST)
        if _reserve(port) and _is_free(port):
            return port
    raise RuntimeError(f"no port from {FIRST} to {LAST} is free")


def _reserve(port: int) -> bool:
    name = socket.socket(socket.AF_UNIX)
    try:
        name.bind(f"\0guiji-tests-port-{port}")
    except OSError:
        name.close()
        return False
    RESERVED.append(name)
    return True


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True
