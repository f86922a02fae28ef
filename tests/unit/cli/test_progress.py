"""Progress of long work: bars on a terminal, whole lines in a pipe or a log file."""

import pytest

from guiji.cli import display


def test_progress_in_a_log_file_is_a_line_per_step(
    capsys: pytest.CaptureFixture[str],
) -> None:
    stage = "一个名称很长的阶段" * 20
    with display.progress() as report:
        report("检查 check", 1, 2)
        report("检查 check", 2, 2)
        report(stage, 1, 1)
    out, err = capsys.readouterr()
    assert out == ""
    assert err.splitlines() == ["检查 check 1/2", "检查 check 2/2", f"{stage} 1/1"]
