"""`guiji catalogue …`: validate it, print an entry's page, write a fill-in workbook."""

from pathlib import Path
from typing import Annotated

import typer

from guiji import steps

app = typer.Typer(help="采集目录 the collection catalogue.", no_args_is_help=True)

DatasetId = Annotated[str, typer.Argument(help="dataset id, e.g. spot_check")]


@app.command()
def validate() -> None:
    """List everything that is wrong in the catalogue, with file, line and remedy."""
    problems = steps.catalogue_problems()
    for problem in problems:
        typer.echo(problem, err=True)
    typer.echo(f"目录问题 problems: {len(problems)}")
    raise typer.Exit(1 if problems else 0)


@app.command()
def page(
    dataset: DatasetId,
    out: Annotated[Path | None, typer.Option(help="file; default the terminal")] = None,
    lang: Annotated[str, typer.Option(help="zh or en")] = "zh",
) -> None:
    """Print the public page of one entry (HTML)."""
    html = steps.catalogue_page(dataset, lang)
    if out is None:
        typer.echo(html)
    else:
        out.write_text(html, encoding="utf-8")
        typer.echo(str(out))


@app.command()
def template(
    dataset: DatasetId,
    out: Annotated[
        Path | None, typer.Option(help="file; default <dataset>.xlsx")
    ] = None,
) -> None:
    """Write the workbook that a department fills in."""
    typer.echo(steps.catalogue_template(dataset, out or Path(f"{dataset}.xlsx")))
