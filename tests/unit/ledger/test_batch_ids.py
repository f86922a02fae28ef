"""Ids of deliveries and batches: what they are made of, and taken apart again."""

from datetime import date
from itertools import islice

import pytest

from guiji.ledger.batch_ids import UNRECOGNISED, BatchId, delivery_ids

NIGHT = date(2026, 11, 20)
SHA256 = "0123456789abcdef" * 4


def test_the_second_delivery_of_the_same_bytes_is_numbered() -> None:
    ids = islice(delivery_ids(NIGHT, "tax", SHA256), 3)
    assert list(ids) == [
        "2026-11-20-tax-01234567",
        "2026-11-20-tax-01234567-2",
        "2026-11-20-tax-01234567-3",
    ]


@pytest.mark.parametrize("number", ["", "-2"])
@pytest.mark.parametrize("dataset", ["spot_check", None])
def test_a_batch_id_is_taken_apart_as_it_was_composed(
    dataset: str | None, number: str
) -> None:
    made = BatchId.of(f"2026-11-20-tax-01234567{number}", NIGHT, "tax", dataset)
    said = dataset or UNRECOGNISED
    assert str(made) == f"2026-11-20-tax-{said}-01234567{number}"
    assert BatchId.parse(str(made)) == BatchId(NIGHT, "tax", said, f"01234567{number}")


@pytest.mark.parametrize("text", ["", "2026-11-20-tax", "pre-check", "a-b-c-d-e-f"])
def test_what_is_no_batch_id_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"unpack|invalid literal"):
        BatchId.parse(text)
