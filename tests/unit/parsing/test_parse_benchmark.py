"""The benchmark of parsing compares two ways that give the same."""

from benchmarks import p2_data, p2_parse

ROWS = 300


def test_both_ways_give_the_same() -> None:
    text = p2_data.make(ROWS)
    p2_parse.same(p2_parse.our_items(text), p2_parse.peer_items(text))
    p2_parse.same(p2_parse.our_parse(text), p2_parse.peer_parse(text))
