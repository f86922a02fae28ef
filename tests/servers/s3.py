"""A real S3 server for the tests: on a loopback port, in memory, gone at the end."""

import http.client
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import IO

from servers.ports import free_port
from servers.waiting import PATIENCE


@dataclass(frozen=True)
class Server:
    """A running server; every test gets a bucket of its own."""

    port: int

    @property
    def environment(self) -> dict[str, str]:
        """The variables by which a client finds it."""
        return {
            "AWS_ENDPOINT_URL": f"http://127.0.0.1:{self.port}",
            "AWS_ALLOW_HTTP": "true",
            "AWS_REGION": "us-east-1",
            "AWS_ACCESS_KEY_ID": "anybody",
            "AWS_SECRET_ACCESS_KEY": "anything",
        }

    def make_bucket(self, name: str) -> str:
        """Make an empty bucket; give its URL."""
        assert self.request("PUT", f"/{name}") == 200
        return f"s3://{name}"

    def request(self, method: str, path: str, body: bytes = b"") -> int:
        """Send a request; give the status of the answer."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        try:
            connection.request(method, path, body)
            return connection.getresponse().status
        finally:
            connection.close()


@contextmanager
def running(log: IO[bytes]) -> Iterator[Server]:
    """Start a server, its log in a file; stop it."""
    port = free_port()
    command = [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", f"{port}"]
    process = subprocess.Popen(command, stdout=log, stderr=log)
    try:
        server = Server(port)
        _wait(server, process)
        yield server
    finally:
        process.kill()
        process.wait()


def _wait(server: Server, process: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + PATIENCE
    while process.poll() is None and time.monotonic() < until:
        try:
            server.request("GET", "/")
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise RuntimeError(f"the S3 server does not answer; exit code {process.poll()}")
