"""A bad line for the tests: a TCP relay that cuts, stalls and counts."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field


@dataclass
class BadLine:
    """A relay to a port of this machine; change its attributes at any time.

    Attributes:
        target: the port behind it.
        port: its own.
        cut_down: bytes towards the client after which a connection is cut.
        cut_up: bytes towards the server after which a connection is cut.
        stall_down: bytes towards the client after which it stays silent.
        admit: connections after which no more are let through.
        down: bytes that came from the server, all connections.
        up: bytes that came from the client.
        connections: how many there were.
    """

    target: int
    port: int = 0
    cut_down: int | None = None
    cut_up: int | None = None
    stall_down: int | None = None
    admit: int | None = None
    down: int = 0
    up: int = 0
    connections: int = 0
    open: list[socket.socket] = field(default_factory=list)

    def serve(self, listening: socket.socket) -> None:
        """Relay until the listening socket is closed."""
        while True:
            try:
                client, _ = listening.accept()
            except OSError:
                return
            self.connections += 1
            if self.admit is not None and self.connections > self.admit:
                client.close()
                continue
            server = socket.create_connection(("127.0.0.1", self.target))
            self.open += [client, server]
            for pair in ((client, server, False), (server, client, True)):
                threading.Thread(target=self._relay, args=pair, daemon=True).start()

    def _relay(self, source: socket.socket, sink: socket.socket, down: bool) -> None:
        passed = 0
        with suppress(OSError):
            while block := source.recv(1 << 16):
                passed += len(block)
                self.down += len(block) if down else 0
                self.up += 0 if down else len(block)
                if down and self.stall_down is not None and passed > self.stall_down:
                    return  # both ends stay open, and nothing comes any more
                limit = self.cut_down if down else self.cut_up
                if limit is not None and passed > limit:
                    break
                sink.sendall(block)
        for end in (source, sink):
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)


@contextmanager
def bad_line(target: int, **how: int) -> Iterator[BadLine]:
    """Relay to a port until the end of the block."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        line = BadLine(target, listening.getsockname()[1], **how)
        threading.Thread(target=line.serve, args=(listening,), daemon=True).start()
        try:
            yield line
        finally:
            listening.shutdown(socket.SHUT_RDWR)
            for end in line.open:
                end.close()
