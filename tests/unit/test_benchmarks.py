"""The benchmarks fit the code that they measure, and peers give the same."""

from pathlib import Path

from benchmarks import p2_data, p2_parse, p5_workbook

from guiji.reading.processes import children

ROWS = 300


def test_both_ways_of_parsing_give_the_same() -> None:
    text = p2_data.make(ROWS)
    p2_parse.same(p2_parse.our_items(text), p2_parse.peer_items(text))
    p2_parse.same(p2_parse.our_parse(text), p2_parse.peer_parse(text))


def test_the_workbook_is_read_as_its_job_says(tmp_path: Path) -> None:
    book, job, out = (tmp_path / name for name in ("book.xlsx", "job", "text.parquet"))
    p5_workbook.prepare(book, job, out, ROWS)
    answer = children.ask(job.read_text("utf-8").strip())
    assert answer is not None
    p5_workbook.check({"said": answer.said}, out, ROWS)
