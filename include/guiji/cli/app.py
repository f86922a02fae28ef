"""`guiji …`: one verb per thing that people do by hand.

Exit codes: 0 done; 1 done, but something was refused or differs where the verb says so;
2 wrong usage; 3 failed; 130 stopped by Ctrl-C. Errors are one English line on standard
error, see `endings`.
"""

import gc
from pathlib import Path
from typing import Annotated

import typer

from guiji import pipeline
from guiji.cli import catalogue, display, endings, interventions, objections
from guiji.core.errors import UsageError

GARBAGE = 20_000, 50
"""`gc.set_threshold`: a verb ends before much is garbage, and what its libraries make
when they load stays; by default that is gone through again and again."""

app = typer.Typer(
    help="归集 Guiji: nightly collection of enterprise credit information.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
)
app.add_typer(catalogue.app, name="catalogue")
app.add_typer(objections.app, name="object")
interventions.add_to(app)

Night = Annotated[
    str | None, typer.Option("--date", help="夜次 the night, YYYY-MM-DD; default last")
]
AsJson = Annotated[bool, typer.Option("--json", help="JSON on standard output")]


@app.command()
def night(date: Night = None) -> None:
    """整夜 run a night: claim, check, merge, publish, report, dashboards."""
    chosen = pipeline.which_night(date)
    with display.progress() as report:
        summary = pipeline.night(chosen, report)
    display.summary(summary)
    for line in pipeline.results(chosen):
        typer.echo(line)
    has_problem = (
        summary["refused"] or summary["platform_fault"] or not summary["released"]
    )
    raise typer.Exit(1 if has_problem else 0)


@app.command()
def check(
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False)],
    dataset: Annotated[str | None, typer.Option(help="dataset id")] = None,
    department: Annotated[str | None, typer.Option(help="department id")] = None,
    as_json: AsJson = False,
    give_back: Annotated[
        bool, typer.Option("--return", help="write <stem>.退回.xlsx beside the file")
    ] = False,
) -> None:
    """预检 pre-check one file: the verdict that the night would give."""
    target = pipeline.returned_workbook(file) if give_back else None
    receipt = pipeline.check_file(file, dataset, department, target)
    display.receipt(receipt, as_json=as_json)
    if target and receipt["rows"]["quarantined"] and target.exists():
        typer.echo(f"退回工作簿 returned: {target}", err=True)
    bad = receipt["verdict"] == "refused" or receipt["rows"]["quarantined"] > 0
    raise typer.Exit(1 if bad else 0)


@app.command()
def claim(
    date: Night = None,
    look: Annotated[
        bool, typer.Option("--look", help="only list the inboxes; nothing is claimed")
    ] = False,
) -> None:
    """接收 one stage: claim what is in the inboxes and due from databases.

    With --look nothing is taken: files on SFTP servers are noted as arrived. Ends with
    1 if an inbox is out of reach.
    """
    if look:
        counts = pipeline.look()
        display.counts("收件 inboxes", counts)
        raise typer.Exit(1 if counts["out_of_reach"] else 0)
    chunks = pipeline.claim(pipeline.which_night(date))
    typer.echo(f"接收 deliveries claimed: {sum(len(c) for c in chunks)}")


@app.command("check-batches")
def check_batches(date: Night = None) -> None:
    """检查 one stage: read, parse and check what was claimed."""
    chosen = pipeline.which_night(date)
    with display.progress() as report:
        counts = pipeline.check(chosen, pipeline.unchecked(chosen), report)
    display.counts("检查 verdicts", counts)
    has_problem = counts.get("refused") or counts.get("platform_fault")
    raise typer.Exit(1 if has_problem else 0)


@app.command()
def merge(date: Night = None) -> None:
    """入库 one stage: merge the accepted rows of a night, in one commit."""
    display.counts("入库 merged", pipeline.merge(pipeline.which_night(date)))


@app.command()
def push(date: Night = None) -> None:
    """回送 one stage: send the answers to the departments' SFTP servers."""
    counts = pipeline.push(pipeline.which_night(date))
    display.counts("回执 pushed", counts)
    raise typer.Exit(1 if counts["failed"] else 0)


@app.command()
def publish(
    date: Night = None,
    in_full: Annotated[
        bool, typer.Option("--in-full", help="全部重算 compute every line, not changes")
    ] = False,
) -> None:
    """公示 one stage: write the publication; release it if every check passes."""
    result = pipeline.publish(pipeline.which_night(date), in_full=in_full)
    if not result["released"]:
        typer.echo(f"未放行 not released: {result['reason']}", err=True)
        raise typer.Exit(1)
    typer.echo(f"公示 released: {result['manifest']}")


@app.command()
def report(
    date: Night = None,
    period: Annotated[
        str | None,
        typer.Option(
            help="期间 a past month, quarter or days instead of a night: 2026-10, "
            "2026-Q4, 2026-10-01..2026-10-15"
        ),
    ] = None,
    known_on: Annotated[
        str | None, typer.Option(help="as known on that day, YYYY-MM-DD")
    ] = None,
) -> None:
    """通报 one stage: breaches, circular, dashboards; or that of a past period."""
    if known_on is not None and period is None:
        raise UsageError("--known-on goes with --period")
    if period is not None:
        written = pipeline.report_period(period, known_on)
    else:
        chosen = pipeline.which_night(date)
        written = pipeline.report(chosen)
        written = {**written, "dashboard": pipeline.dashboards(chosen)}
    for name, path in written.items():
        typer.echo(f"{name}: {path}")


@app.command()
def show(
    wanted: Annotated[
        str,
        typer.Argument(
            metavar="USCC", help="统一社会信用代码 credit code, 旧号码 or 名称 name"
        ),
    ],
    as_of: Annotated[str | None, typer.Option(help="as known on, YYYY-MM-DD")] = None,
    valid_on: Annotated[
        str | None, typer.Option(help="records in force on a day, YYYY-MM-DD")
    ] = None,
    history: Annotated[bool, typer.Option("--history", help="all versions")] = False,
    as_json: AsJson = False,
) -> None:
    """查询 show all records of one enterprise, with the origin of every row."""
    answer = pipeline.show(wanted, as_of, valid_on, history=history)
    display.enterprise(answer, as_json=as_json)
    raise typer.Exit(0 if answer["found"] else 1)


@app.command()
def sql(
    query: Annotated[str, typer.Argument(help="one SELECT over the views")],
    as_json: AsJson = False,
) -> None:
    """查询 run one SELECT, read-only, over records, history, enterprises and more."""
    display.rows(pipeline.sql(query), as_json=as_json)


@app.command()
def replay(
    batch: Annotated[str | None, typer.Option(help="batch id; none = all")] = None,
    rule: Annotated[
        str | None, typer.Option(help="rule id or code of a refusal; none = all")
    ] = None,
    date: Annotated[
        str | None,
        typer.Option("--date", help="夜次 the night that takes the rows; default next"),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """重新校验 check quarantined rows again after a correction of rule or catalogue.

    Rows that are good now are merged by the coming night under their first ids. Ends
    with 1 if any row is still faulty or could not be checked.
    """
    done = pipeline.replay(batch, rule, date)
    display.replayed(done, as_json=as_json)
    waits = done["held"] or done["gone"] or done["uncomputed"]
    raise typer.Exit(1 if waits else 0)


@app.command()
def explain(
    identity: Annotated[str, typer.Argument(help="batch id, record id or version id")],
    as_json: AsJson = False,
) -> None:
    """溯源 explain the origin of a batch, a row or a published line."""
    display.tree(pipeline.explain(identity), as_json=as_json)


@app.command()
def verify() -> None:
    """核验 compare trace, manifests, stored files and counts."""
    problems = pipeline.verify()
    for problem in problems:
        typer.echo(problem, err=True)
    typer.echo(f"核验 differences: {len(problems)}")
    raise typer.Exit(1 if problems else 0)


@app.command()
def release(
    batch: Annotated[str, typer.Argument(help="batch id of the refused delivery")],
    by: Annotated[str, typer.Option(help="核准人 name of the person who releases it")],
    why: Annotated[str, typer.Option(help="理由 why the delivery is correct as it is")],
    as_json: AsJson = False,
) -> None:
    """放行 release a delivery that was refused as a whole; the next night takes it.

    Only a refusal by a rule on whole deliveries can be lifted (mass change, row count,
    too few good rows …). Name and reason are traced and told to the department.
    """
    display.released(pipeline.release_batch(batch, by, why), as_json=as_json)


@app.command()
def fold(
    dataset: Annotated[
        str | None, typer.Argument(help="dataset id; none = those that are due")
    ] = None,
    whole: Annotated[
        bool, typer.Option("--whole", help="全部 every bucket, however long it takes")
    ] = False,
) -> None:
    """折叠 compact the recent nights, bucket by bucket; no answer changes."""
    for chosen in [dataset] if dataset else pipeline.fold_due():
        fewer = pipeline.fold(chosen, whole=whole)
        typer.echo(f"折叠 folded: {chosen}, files {-fewer:+d}")


@app.command()
def backup(
    target: Annotated[str, typer.Argument(help="folder, or s3://bucket/prefix")],
) -> None:
    """备份 copy one version of the whole warehouse, even while a night runs."""
    summary = pipeline.backup(target)
    typer.echo(f"备份 copied: {summary['last_night']}, files {summary['files']}")


@app.command()
def restore(
    source: Annotated[str, typer.Argument(help="a backup: folder or s3:// URL")],
) -> None:
    """恢复 restore a backup into an empty warehouse; every file is checked first."""
    summary = pipeline.restore(source)
    typer.echo(f"恢复 restored: {summary['last_night']}, files {summary['files']}")


@app.command()
def vacuum() -> None:
    """清理 remove files that only versions older than GUIJI_KEEP_DAYS need.

    No record's version is lost and --as-of answers as before; but other engines can no
    longer open the tables at those older Delta versions. Original bytes, rows of
    batches, full files of publications and circulars go only where a setting
    GUIJI_KEEP_…_DAYS says so.
    """
    removed = pipeline.vacuum()
    for path in removed:
        typer.echo(path)
    typer.echo(f"清理 removed: {len(removed)}")


@app.command()
def sample(
    rows: Annotated[int, typer.Option(min=100, help="rows of a night")] = 20_000,
    seed: Annotated[int, typer.Option(help="same seed, same bytes")] = 1,
    nights: Annotated[int, typer.Option(min=1, help="nights in a row")] = 1,
    deliveries: Annotated[
        int | None, typer.Option(help="deliveries of a night in all")
    ] = None,
    date: Night = None,
    release: Annotated[
        bool, typer.Option("--release", help="deliver a later night that waits")
    ] = False,
) -> None:
    """样例 write realistic deliveries and databases with known faults.

    Of several nights, ending with --date, the first is delivered at once; each of the
    others waits until `guiji sample --release --date D`.
    """
    from guiji.sample import verb

    if release:
        typer.echo(verb.release(pipeline.which_night(date)))
        return
    for line in verb.sample(rows, seed, nights, pipeline.which_night(date), deliveries):
        typer.echo(line)


def main() -> None:
    """Run the command line; turn whatever is raised into one line and an exit code."""
    gc.set_threshold(*GARBAGE)
    endings.run(app)
