"""Verbs for going on where something is stuck; name and reason are traced."""

from typing import Annotated

import typer

from guiji import pipeline
from guiji.cli import display

By = Annotated[str, typer.Option("--by", help="经办人 name of the person")]
Why = Annotated[str, typer.Option("--why", help="理由 the reason")]


def set_aside(
    delivery: Annotated[str, typer.Argument(help="batch id or delivery id")],
    by: By,
    why: Why,
) -> None:
    """暂缓 exclude a delivery from its open night; its file stays in the landing.

    Its department is told by whom and why. `guiji replay --batch B` takes it up again.
    """
    answer = pipeline.set_aside(delivery, by, why)
    first = "暂缓 set aside" if answer["is_new"] else "此前已暂缓 set aside before"
    display.print_line(f"{first}: {answer['delivery_id']}")
    display.print_line(f"经办人 by: {answer['by']}  理由 why: {answer['why']}")


def close_night(
    night: Annotated[str, typer.Argument(help="夜次 the night, YYYY-MM-DD")],
    by: By,
    why: Why,
) -> None:
    """关夜 close a night that cannot be merged; the next one takes over."""
    answer = pipeline.close_night(night, by, why)
    display.print_line(f"关夜 closed: {answer['night']}")
    for identity in answer["taken_over"]:
        display.print_line(f"下一夜接收 taken over by the next night: {identity}")


def break_lock(
    name: Annotated[str, typer.Argument(help="night or warehouse")],
    by: By,
    why: Why,
    force: Annotated[
        bool, typer.Option("--force", help="even if a living process holds it")
    ] = False,
) -> None:
    """解锁 free a lock whose holder hangs; a dead process's lock is already free."""
    answer = pipeline.break_lock(name, by, why, force)
    holder = answer["held_by"] or "无人 nobody"
    display.print_line(f"解锁 freed: {answer['name']}, 原持有者 held by: {holder}")


def add_to(app: typer.Typer) -> None:
    """Add the verbs to the command line."""
    app.command("set-aside")(set_aside)
    app.command("close-night")(close_night)
    app.command("break-lock")(break_lock)
