"""Where files are: on this machine, or in an object store."""

SCHEME = "s3"


def is_remote(address: str) -> bool:
    """Return whether an address is in an object store."""
    return address.startswith(f"{SCHEME}://")
