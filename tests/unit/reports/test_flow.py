"""The picture of a night: heights in proportion, nothing lost, nothing invisible."""

import re

import pytest

from guiji.reports.flow import HAIR, TALL, FlowChart, Stage, Stream, draw
from guiji.reports.wording import Words

STAGES = [
    Stage("file", 0, Words("直报", "files"), 1000, "plain"),
    Stage("read", 1, Words("读取", "read"), 1000, "plain"),
    Stage("accepted", 2, Words("合格", "accepted"), 750, "good"),
    Stage("held", 2, Words("隔离", "held"), 249, "held"),
    Stage("refused", 2, Words("拒收", "refused"), 1, "bad"),
    Stage("new", 3, Words("新增", "new"), 0, "good"),
    Stage("same", 3, Words("未变", "same"), 750, "quiet"),
    Stage("shown", 4, Words("已公示", "shown"), 0, "good"),
]
STREAMS = [
    Stream("file", "read", 1000),
    Stream("read", "accepted", 750),
    Stream("read", "held", 249),
    Stream("read", "refused", 1),
    Stream("accepted", "new", 0),
    Stream("accepted", "same", 750),
    Stream("new", "shown", 0),
]


@pytest.fixture
def picture() -> FlowChart:
    return draw(STAGES, STREAMS)


def test_heights_are_proportional(picture: FlowChart) -> None:
    heights = {box.stage.id: box.height for box in picture.boxes}
    assert heights["read"] == TALL
    assert heights["accepted"] == pytest.approx(TALL * 0.75)
    assert heights["held"] == pytest.approx(TALL * 0.249)


def test_a_single_row_is_still_seen(picture: FlowChart) -> None:
    heights = {box.stage.id: box.height for box in picture.boxes}
    assert heights["refused"] == HAIR


def test_stages_without_rows_are_left_out_but_no_column_is_empty(
    picture: FlowChart,
) -> None:
    shown = {box.stage.id for box in picture.boxes}
    assert "new" not in shown
    assert "shown" in shown
    assert len(picture.bands) == len([s for s in STREAMS if s.rows])


def test_labels_of_a_column_do_not_touch(picture: FlowChart) -> None:
    column = [box for box in picture.boxes if box.stage.column == 2]
    middles = [box.y + box.height / 2 for box in column]
    assert all(b - a >= 34 for a, b in zip(middles, middles[1:], strict=False))


def test_all_is_inside_the_picture(picture: FlowChart) -> None:
    assert all(b.y + b.height <= picture.height for b in picture.boxes)
    numbers = [
        float(n) for band in picture.bands for n in re.findall(r"[\d.]+", band.path)
    ]
    assert max(numbers) <= picture.width


def test_a_night_without_rows_can_be_drawn() -> None:
    nothing = [Stage(s.id, s.column, s.title, 0, s.tone) for s in STAGES]
    picture = draw(nothing, [Stream(s.source, s.target, 0) for s in STREAMS])
    assert picture.bands == ()
    assert {box.height for box in picture.boxes} == {0.0}
