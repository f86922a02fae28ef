"""`guiji catalogue …`: validate it, print an entry, its rules, try a change of it."""

from pathlib import Path
from typing import Annotated

import typer

from guiji import pipeline
from guiji.cli import display, governance
from guiji.core import files
from guiji.core.errors import UsageError

app = typer.Typer(help="采集目录 the collection catalogue.", no_args_is_help=True)

AsJson = Annotated[bool, typer.Option("--json", help="JSON on standard output")]
By = Annotated[str, typer.Option(help="姓名 the name of the person who says so")]
Why = Annotated[str, typer.Option(help="理由 the reason")]
Place = Annotated[str, typer.Argument(help="dataset, or dataset.item")]
Number = Annotated[str, typer.Argument(help="id of a proposed change, e.g. 2026-001")]
DatasetId = Annotated[
    str, typer.Argument(help="id of a dataset: the name of its file, without .yml")
]


@app.command()
def validate() -> None:
    """检查目录 list every fault of the catalogue with file, line and remedy."""
    problems = pipeline.catalogue_problems()
    errors, warnings = problems["errors"], problems["warnings"]
    for problem in (*errors, *warnings):
        typer.echo(problem, err=True)
    typer.echo(f"目录问题 problems: {len(errors)}, 提醒 warnings: {len(warnings)}")
    raise typer.Exit(1 if errors else 0)


@app.command()
def page(
    dataset: DatasetId,
    out: Annotated[Path | None, typer.Option(help="file; default the terminal")] = None,
    lang: Annotated[str, typer.Option(help="zh or en")] = "zh",
) -> None:
    """公开页 print the public page of one entry (HTML)."""
    html = pipeline.catalogue_page(dataset, lang)
    if out is None:
        typer.echo(html)
    else:
        files.write_text(out, html)
        typer.echo(str(out))


@app.command()
def export(
    out: Annotated[Path, typer.Option(help="folder")],
    dataset: Annotated[str | None, typer.Argument(help="dataset id")] = None,
    whole: Annotated[bool, typer.Option("--all", help="all entries")] = False,
    formats: Annotated[
        list[str] | None,
        typer.Option(
            "--format",
            help="table-schema, json-schema, data-contract, dcat; default all",
        ),
    ] = None,
) -> None:
    """导出 write entries of the catalogue in formats that other systems read."""
    if (dataset is None) != whole:
        raise UsageError("give a dataset, or --all for all entries")
    typer.echo(pipeline.catalogue_export(dataset, formats or [], out))


@app.command()
def site(out: Annotated[Path, typer.Option(help="folder")]) -> None:
    """目录网站 write the pages of the whole catalogue, with its exports."""
    typer.echo(pipeline.catalogue_site(out))


@app.command()
def template(
    dataset: Annotated[str | None, typer.Argument(help="dataset id")] = None,
    out: Annotated[
        Path | None, typer.Option(help="file; default <dataset>.xlsx; folder of --all")
    ] = None,
    whole: Annotated[bool, typer.Option("--all", help="all datasets")] = False,
) -> None:
    """模板 write the workbook that departments fill in, of one dataset or of all."""
    if (dataset is None) != whole:
        raise UsageError("give a dataset, or --all for all datasets")
    if dataset is None:
        for path in pipeline.catalogue_templates(out or Path("templates")):
            typer.echo(path)
    else:
        typer.echo(pipeline.catalogue_template(dataset, out or Path(f"{dataset}.xlsx")))


@app.command("workbook")
def write_workbook(
    out: Annotated[Path, typer.Argument(help="workbook to write, .xlsx")],
    day: Annotated[
        str | None, typer.Option(help="as in force on a day, YYYY-MM-DD; default today")
    ] = None,
) -> None:
    """工作簿 write the whole catalogue as a workbook (政务信息资源目录编制指南)."""
    typer.echo(pipeline.catalogue_workbook(out, day))


@app.command("import")
def import_workbook(
    workbook: Annotated[Path, typer.Argument(help="workbook of a catalogue, .xlsx")],
    out: Annotated[Path, typer.Option(help="folder that gets the YAML files")],
) -> None:
    """导入 write the catalogue of a workbook as YAML files."""
    for path in pipeline.catalogue_import(workbook, out):
        typer.echo(path)


@app.command()
def rules(
    dataset: Annotated[str | None, typer.Argument(help="dataset id")] = None,
    as_json: AsJson = False,
    lang: Annotated[str, typer.Option(help="zh or en")] = "zh",
    write: Annotated[
        Path | None,
        typer.Option(help="write a page per rule of all datasets into this folder"),
    ] = None,
) -> None:
    """规则 print the rules of a dataset, or write the pages of all."""
    if (dataset is None) == (write is None):
        raise UsageError("give a dataset to print, or --write FOLDER for all pages")
    if write is not None:
        typer.echo(pipeline.catalogue_rule_pages(write))
    elif dataset is not None:
        governance.rules(pipeline.catalogue_rules(dataset), lang, as_json=as_json)


@app.command("try")
def try_change(
    catalog: Annotated[
        Path | None, typer.Option(help="changed catalogue; default the one in use")
    ] = None,
    expectations: Annotated[
        Path | None, typer.Option(help="changed rules; default those in use")
    ] = None,
    since: Annotated[
        str | None, typer.Option(help="first night, YYYY-MM-DD; default all")
    ] = None,
    proposal: Annotated[
        str | None, typer.Option(help="proposed change on top of it, e.g. 2026-001")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """试算 run a changed catalogue over all archived deliveries; nothing is changed.

    Exit code 1 if anything would newly fail.
    """
    with display.progress() as report:
        trial = pipeline.catalogue_try(catalog, expectations, since, report, proposal)
    governance.trial(trial, as_json=as_json)
    raise typer.Exit(1 if trial["would_fail"] else 0)


@app.command("diff")
def differences(
    before: Annotated[
        str,
        typer.Argument(help="version, night YYYY-MM-DD, folder of catalogues, current"),
    ],
    after: Annotated[str, typer.Argument(help="the same; default current")] = "current",
    as_json: AsJson = False,
) -> None:
    """比较 list what differs between two catalogues.

    Exit code 1 if anything does.
    """
    listed = pipeline.catalogue_differences(before, after)
    governance.differences(listed, as_json=as_json)
    raise typer.Exit(1 if listed else 0)


@app.command()
def propose(
    change: Annotated[
        Path, typer.Argument(help="change, YAML, or a filled-in workbook, .xlsx")
    ],
    by: By,
    as_json: AsJson = False,
) -> None:
    """提出修改 propose a change of the catalogue; nothing is changed yet."""
    proposal = pipeline.catalogue_propose(change, by)
    governance.proposed(proposal, as_json=as_json)


@app.command()
def proposals(as_json: AsJson = False) -> None:
    """修改审议 list the proposed changes and what became of them."""
    governance.proposals(pipeline.catalogue_proposals(), as_json=as_json)


@app.command()
def proposal(number: Number, as_json: AsJson = False) -> None:
    """修改内容 list what differs with a proposed change on the day of its beginning."""
    listed = pipeline.catalogue_proposal_effect(number)
    governance.differences(listed, as_json=as_json)


@app.command()
def decide(
    number: Number,
    decision: Annotated[str, typer.Argument(help="accept, refuse or refer")],
    by: By,
    why: Why,
    to: Annotated[
        str | None, typer.Option(help="of a referral: the office that is to decide")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """审定 accept or refuse a proposed change, or send it up for decision."""
    decided = pipeline.catalogue_decide(number, decision, by, why, to)
    governance.proposals([decided], as_json=as_json)


@app.command()
def openings(
    out: Annotated[
        Path | None, typer.Option(help="write what is undecided as CSV")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """待定开放属性 list undecided openings, to whom referred, and the answers."""
    if out is not None:
        files.write_text(out, pipeline.catalogue_openings_list())
        typer.echo(str(out))
        return
    governance.openings(pipeline.catalogue_openings(), as_json=as_json)


@app.command()
def refer(
    place: Place,
    to: Annotated[str, typer.Option(help="报请单位 the office that is to decide")],
    by: By,
    why: Why,
    as_json: AsJson = False,
) -> None:
    """报请审定 refer an undecided opening to the office that is to decide."""
    referred = pipeline.catalogue_refer(place, to, by, why)
    governance.openings([referred], as_json=as_json)


@app.command()
def answer(
    place: Place,
    level: Annotated[
        str, typer.Argument(help="open level: public, authorised, gov_only or none")
    ],
    by: By,
    why: Why,
    out: Annotated[
        Path | None, typer.Option(help="file that gets the change to propose, .yml")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """答复 record the answer about a referred opening, and write the change of it."""
    answered = pipeline.catalogue_answer(place, level, by, why)
    if out is not None:
        files.write_text(out, answered["change"])
    governance.openings([answered], as_json=as_json)
    if not as_json:
        typer.echo(str(out) if out else answered["change"])
