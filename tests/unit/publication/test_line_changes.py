"""Full and delta files spliced from lines, and the proof that reads them back."""

import csv
import io
import random
from collections.abc import Callable
from pathlib import Path

import pytest

from guiji.core import files
from guiji.core.errors import LedgerBroken
from guiji.core.settings import Settings
from guiji.parsing.identity import RECORD_DIGITS
from guiji.publication import delta_check, delta_proof, line_changes, line_files
from guiji.publication.line_changes import CHANGE

HEADING = ["企业名称", "备注", "记录标识"]
TEXTS = ["甲", '乙"丙"', "丁,戊", "己\n庚", '\n"', "", f"x,{'0' * 20}\ny"]
Lines = dict[str, list[str]]


def record(number: int) -> str:
    return f"{number:020x}"


def drawn(draw: random.Random, size: int) -> Lines:
    numbers = draw.sample(range(300), size)
    return {record(n): [draw.choice(TEXTS), draw.choice(TEXTS)] for n in numbers}


def write(path: Path, lines: Lines, heading: list[str] = HEADING) -> Path:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(heading)
    for name in sorted(lines):
        writer.writerow([*lines[name], name])
    path.write_text(text.getvalue(), "utf-8")
    return path


def expected_delta(before: Lines, after: Lines) -> list[list[str]]:
    kinds = {}
    for name in sorted({*before, *after}):
        if name not in after:
            kinds[name] = ["撤下", "", ""]
        elif name not in before:
            kinds[name] = ["新增", *after[name]]
        elif before[name] != after[name]:
            kinds[name] = ["变更", *after[name]]
    return [[*texts, name] for name, texts in kinds.items()]


def read(path: Path) -> list[list[str]]:
    return list(csv.reader(io.StringIO(path.read_text("utf-8"), newline="")))


@pytest.fixture(autouse=True)
def small_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    """Read a few lines at a time, so that blocks end everywhere."""
    monkeypatch.setattr(line_files, "BLOCK", 97)


def test_a_record_id_has_the_length_that_parsing_gives() -> None:
    assert line_files.ID_BYTES == RECORD_DIGITS


@pytest.mark.parametrize("seed", range(25))
def test_spliced_and_compared_files_are_those_written_anew(
    tmp_path: Path, seed: int
) -> None:
    draw = random.Random(seed)
    before, other = drawn(draw, draw.randrange(60)), drawn(draw, draw.randrange(60))
    touched = sorted(
        draw.sample(sorted({*before, *other}), draw.randrange(20) if other else 0)
    )
    after = {n: t for n, t in before.items() if n not in touched}
    lines = {n: other[n] for n in touched if n in other}
    after |= lines
    old = write(tmp_path / "before.csv", before)
    new = write(tmp_path / "after.csv", after)
    full, delta = tmp_path / "full.csv", tmp_path / "delta.csv"
    done = line_changes.splice(
        old,
        write(tmp_path / "lines", lines),
        [n.encode() for n in touched],
        full,
        delta,
    )
    assert full.read_bytes() == new.read_bytes()
    assert read(delta) == [[CHANGE, *HEADING], *expected_delta(before, after)]
    assert done.growth == len(after) - len(before)
    assert done.full_sha256 == files.sha256_of(full)
    compared = tmp_path / "compared.csv"
    rows, digest = line_changes.compare(old, new, compared)
    assert compared.read_bytes() == delta.read_bytes()
    assert (rows, digest) == (done.changes, done.delta_sha256)
    counts = delta_proof.prove(old, delta, full)
    assert counts is not None
    assert counts.growth == done.growth


def test_under_other_headings_every_line_is_another_one(tmp_path: Path) -> None:
    lines = drawn(random.Random(1), 20)
    old = write(tmp_path / "before.csv", lines)
    new = write(tmp_path / "after.csv", lines, ["名称", "备注", "记录标识"])
    delta = tmp_path / "delta.csv"
    assert line_changes.compare(old, new, delta)[0] == 20
    assert {row[0] for row in read(delta)[1:]} == {"变更"}
    assert delta_proof.prove(old, delta, new) is not None
    nothing = write(tmp_path / "nothing.csv", {}, [CHANGE, "名称", "备注", "记录标识"])
    assert delta_proof.prove(old, nothing, new) is None


def test_the_first_delta_adds_every_line(tmp_path: Path) -> None:
    lines = drawn(random.Random(2), 40)
    new = write(tmp_path / "after.csv", lines)
    delta = tmp_path / "delta.csv"
    line_changes.compare(None, new, delta)
    assert read(delta)[1:] == expected_delta({}, lines)
    assert delta_proof.prove(None, delta, new) == delta_proof.Counts(added=40)
    less = write(tmp_path / "less.csv", dict(sorted(lines.items())[1:]))
    assert delta_proof.prove(None, delta, less) is None


BEFORE: Lines = {record(n): [TEXTS[n % 7], "x"] for n in range(40)}
AFTER = {n: t for n, t in BEFORE.items() if n != record(7)} | {
    record(3): ["改", "x"],
    record(90): ["新", "x"],
}


def _without(name: str) -> Callable[[list[str]], list[str]]:
    return lambda rows: [row for row in rows if not row.endswith(name)]


def _kind(name: str, kind: str) -> Callable[[list[str]], list[str]]:
    return lambda rows: [kind + r[2:] if r.endswith(name) else r for r in rows]


DAMAGES: list[tuple[str, Callable[[list[str]], list[str]]]] = [
    ("delta", _without(record(3))),
    ("delta", _without(record(7))),
    ("delta", _without(record(90))),
    ("delta", _kind(record(3), "新增")),
    ("delta", _kind(record(90), "变更")),
    ("delta", _kind(record(7), "变更")),
    ("delta", lambda rows: [r.replace("改", "该") for r in rows]),
    ("delta", lambda rows: [*rows[:2], rows[2].replace("撤下,", "撤下,秘"), *rows[3:]]),
    ("delta", lambda rows: [*rows, rows[-1]]),
    ("after", _without(record(12))),
    ("after", _without(record(39))),
    ("after", lambda rows: [*rows[:9], rows[8], *rows[9:]]),
    ("after", lambda rows: [*rows, rows[-1]]),
    ("after", lambda rows: [r.replace("新", "旧") for r in rows]),
    ("after", lambda rows: [r.replace("丁", "下") for r in rows]),
    ("after", lambda rows: [*rows[:4], rows[5], rows[4], *rows[6:]]),
    ("before", _without(record(20))),
    ("before", lambda rows: [r.replace("丁", "下") for r in rows]),
]


@pytest.mark.parametrize(("damaged", "damage"), DAMAGES)
def test_what_is_not_previous_plus_delta_is_refused(
    settings: Settings,
    tmp_path: Path,
    damaged: str,
    damage: Callable[[list[str]], list[str]],
) -> None:
    paths = {
        "before": write(tmp_path / "before.csv", BEFORE),
        "after": write(tmp_path / "after.csv", AFTER),
        "delta": tmp_path / "delta.csv",
    }
    line_changes.compare(paths["before"], paths["after"], paths["delta"])
    trio = (paths["before"], paths["delta"], paths["after"])
    assert delta_proof.prove(*trio) == delta_proof.Counts(added=1, withdrawn=1)
    assert delta_check.replay(settings, *trio).differences == {}
    path = paths[damaged]
    rows = [line.decode().rstrip("\n") for line in _lines(path)]
    path.write_text("\n".join(damage(rows)) + "\n", "utf-8")
    assert delta_proof.prove(*trio) is None


def _lines(path: Path) -> list[bytes]:
    with line_files.opened(path) as file:
        return [file.heading, *(line for _, line in file.lines())]


@pytest.mark.parametrize(
    "text",
    [
        f"企业名称,记录标识\n甲,{record(2)}\n乙,{record(1)}\n",  # not sorted
        f"企业名称,记录标识\n甲,{record(2)}\n乙,{record(2)}\n",  # twice
        "企业名称,记录标识\n甲,乙\n",  # no id
        f"企业名称,记录标识\n甲,{record(1)}\n乙,{record(2)}",  # no end
        f'企业名称,记录标识\n"甲,{record(1)}\n',  # a quote that does not end
        "",
    ],
)
def test_a_file_that_is_not_sorted_lines_of_records_is_refused(
    tmp_path: Path, text: str
) -> None:
    path = tmp_path / "before.csv"
    path.write_text(text, "utf-8")
    with pytest.raises(LedgerBroken):
        line_changes.compare(None, path, tmp_path / "delta.csv")
