"""Check characters as table look-ups, one table per position.

A table gives for every byte what it adds to the weighted sum at its position; a byte
that may not stand there adds so much that the sum cannot be right. So form and check
of a whole column are judged by as many look-ups as there are characters.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from guiji.domain.columns import Bytes

ILLEGAL = 1 << 20
"""More than any sum of legal characters."""

Table = NDArray[np.int32]


def table(alphabet: str, weights: Sequence[int], allowed: Sequence[str]) -> Table:
    """Make the tables of a code.

    Args:
        alphabet: characters in the order of their values 0, 1, ….
        weights: weight of each of w positions.
        allowed: characters that may stand at each position; "" = all of the alphabet.

    Returns:
        w × 256 summands.
    """
    summands = np.full((len(weights), 256), ILLEGAL, np.int32)
    for position, weight in enumerate(weights):
        for character in allowed[position] or alphabet:
            value = alphabet.index(character)
            summands[position, ord(character)] = weight * value
    return summands


def sums(codes: Bytes, tables: Table) -> NDArray[np.int32]:
    """Add up the characters of an n × w matrix; at least ILLEGAL if one is illegal."""
    total = np.zeros(len(codes), np.int32)
    for position, summands in enumerate(tables):
        total += summands.take(codes[:, position])
    return total
