"""The picture of a night: rows as streams whose widths are proportional.

Only arithmetic; the template draws. A stream that exists is never thinner than a
hair, so that three rows in quarantine are seen beside a million accepted ones; the
numbers beside the streams are exact.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from guiji.reports.wording import Words

WIDTH = 1120.0
NODE = 10.0
TALL = 210.0
HAIR = 1.5
SLOT = 38.0
TOP = 34.0
COLUMN_X = (0.0, 262.0, 484.0, 706.0, 948.0)


@dataclass(frozen=True)
class Stage:
    """A node of the flow: some rows at one stage of the night."""

    id: str
    column: int
    title: Words
    rows: int
    tone: str
    """Class of its colour: plain, good, held, bad, quiet."""


@dataclass(frozen=True)
class Stream:
    """Rows on their way from one stage to the next."""

    source: str
    target: str
    rows: int


@dataclass(frozen=True)
class StageBox:
    """A stage with its place in the picture, in pixels."""

    stage: Stage
    x: float
    y: float
    height: float


@dataclass(frozen=True)
class StreamBand:
    """A stream with its outline, an SVG path."""

    stream: Stream
    tone: str
    path: str


@dataclass(frozen=True)
class FlowChart:
    """All that the template draws."""

    boxes: tuple[StageBox, ...]
    bands: tuple[StreamBand, ...]
    width: float
    height: float


def draw(stages: Sequence[Stage], streams: Sequence[Stream]) -> FlowChart:
    """Lay a flow out from left to right.

    Args:
        stages: in order from top to bottom within their column; one without rows is
            left out, unless it is the only one of its column.
        streams: between stages; those without rows are left out.

    Returns:
        Places and outlines; heights are rows x one scale for the whole picture.
    """
    most = max((s.rows for s in stages), default=0)
    scale = TALL / most if most else 0.0
    columns = [
        _visible([s for s in stages if s.column == i]) for i in range(len(COLUMN_X))
    ]
    tall = max(_column_height(column, scale) for column in columns)
    boxes = [
        box
        for i, column in enumerate(columns)
        for box in _stack(column, COLUMN_X[i], tall, scale)
    ]
    bands = _bands({b.stage.id: b for b in boxes}, streams, scale)
    return FlowChart(tuple(boxes), tuple(bands), WIDTH, TOP + tall + 4)


def _visible(column: list[Stage]) -> list[Stage]:
    return [s for s in column if s.rows] or column[:1]


def _thick(rows: int, scale: float) -> float:
    return max(rows * scale, HAIR) if rows else 0.0


def _slot(stage: Stage, scale: float) -> float:
    return max(_thick(stage.rows, scale), SLOT)


def _column_height(column: list[Stage], scale: float) -> float:
    gaps = 10.0 * max(len(column) - 1, 0)
    return sum(_slot(s, scale) for s in column) + gaps


def _stack(column: list[Stage], x: float, tall: float, scale: float) -> list[StageBox]:
    y = TOP + (tall - _column_height(column, scale)) / 2
    boxes = []
    for stage in column:
        slot, height = _slot(stage, scale), _thick(stage.rows, scale)
        boxes.append(StageBox(stage, x, y + (slot - height) / 2, height))
        y += slot + 10.0
    return boxes


def _bands(
    boxes: dict[str, StageBox], streams: Sequence[Stream], scale: float
) -> list[StreamBand]:
    left = {name: box.y for name, box in boxes.items()}
    right = dict(left)
    bands = []
    for stream in streams:
        if not stream.rows:
            continue
        source, target = boxes[stream.source], boxes[stream.target]
        thick = _thick(stream.rows, scale)
        path = _outline(
            source.x + NODE, right[stream.source], target.x, left[stream.target], thick
        )
        right[stream.source] += thick
        left[stream.target] += thick
        bands.append(StreamBand(stream, target.stage.tone, path))
    return bands


def _outline(x0: float, y0: float, x1: float, y1: float, thick: float) -> str:
    """Draw a band from (x0, y0) to (x1, y1): two bows and the ends between them."""
    middle = (x0 + x1) / 2
    there = f"M{x0:.1f},{y0:.1f}C{middle:.1f},{y0:.1f} {middle:.1f},{y1:.1f}"
    there += f" {x1:.1f},{y1:.1f}"
    down, up = y1 + thick, y0 + thick
    back = f"V{down:.1f}C{middle:.1f},{down:.1f} {middle:.1f},{up:.1f}"
    return f"{there}{back} {x0:.1f},{up:.1f}Z"
