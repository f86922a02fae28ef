"""The peer of P10: the pipeline that an engineer writes in an afternoon.

    python -m benchmarks.p10_afternoon INBOX OUT

Every drop is read with pandas as text, its headings are renamed to the catalogue's
items, Great Expectations judges the frame on pandas, faulty rows are put aside, and
what is left is concatenated and de-duplicated by the key of its dataset into one
Parquet file. It reads no archives, no extracts and no old workbooks, makes no returned
workbook, no history, no publication, no circular and no page.

Prints one line of JSON: files and rows read, files that it could not read, good rows.
"""

import json
import sys
import warnings
from collections import Counter, defaultdict
from pathlib import Path
from typing import Any

ENCODINGS = ("utf-8-sig", "gb18030", "utf-16")
CODE = r"^[0-9A-HJ-NPQRTUWXY]{18}$"
DAY = r"^\d{4}[-/.年]\d{1,2}[-/.月]\d{1,2}日?$"


def main(inbox: Path, out: Path) -> dict[str, int]:
    """Run over all drops of an inbox; return the counts."""
    import great_expectations as gx
    import pandas as pd

    from guiji.context import Context

    catalog = Context.current().catalog
    context = gx.get_context(mode="ephemeral")
    context.variables.progress_bars = {"globally": False}
    asset = context.data_sources.add_pandas("p").add_dataframe_asset("drop")
    batch = asset.add_batch_definition_whole_dataframe("whole")
    counts: Counter[str] = Counter()
    good: dict[str, list[Any]] = defaultdict(list)
    for path in sorted(p for p in inbox.rglob("*.*") if p.is_file()):
        dataset = _dataset_of(catalog, path)
        if dataset is None:
            continue
        try:
            frame = _renamed(_read(pd, path), dataset)
        except Exception:
            counts["unread"] += 1
            continue
        bad = _faulty_rows(gx, batch, frame, dataset)
        counts.update(files=1, rows=len(frame), bad=len(bad))
        good[dataset.id].append(frame.drop(index=list(bad)))
    out.mkdir(parents=True, exist_ok=True)
    for name, frames in good.items():
        keys = [k for k in catalog.datasets[name].key if k in frames[0].columns]
        whole = pd.concat(frames, ignore_index=True)
        whole = whole.drop_duplicates(subset=keys or None, keep="last")
        whole.to_parquet(out / f"{name}.parquet")
        counts["kept"] += len(whole)
    return dict(counts)


def _dataset_of(catalog: Any, path: Path) -> Any:
    for dataset in catalog.datasets.values():
        if path.name.startswith(dataset.title) and path.suffix != ".json":
            return dataset
    return None


def _read(pd: Any, path: Path) -> Any:
    if path.suffix in (".xlsx", ".xls"):
        return pd.read_excel(path, dtype=str)
    for encoding in ENCODINGS:
        try:
            return pd.read_csv(
                path, dtype=str, encoding=encoding, sep=None, engine="python"
            )
        except UnicodeError:
            continue
    raise ValueError(path)


def _renamed(frame: Any, dataset: Any) -> Any:
    titles = {
        heading: item.id
        for item in dataset.items
        for heading in (item.title, *item.aliases)
    }
    frame = frame.rename(columns=lambda c: titles.get(str(c).strip(), str(c)))
    frame = frame.loc[:, ~frame.columns.duplicated()]
    if not set(frame.columns) & {item.id for item in dataset.items}:
        raise ValueError("no heading is one of the catalogue's")
    return frame


def _faulty_rows(gx: Any, batch: Any, frame: Any, dataset: Any) -> set[int]:
    suite = gx.ExpectationSuite(name="s", expectations=_expectations(frame, dataset))
    found = batch.get_batch({"dataframe": frame}).validate(
        suite, result_format="COMPLETE"
    )
    return {
        row
        for one in found.results
        for row in one.result.get("unexpected_index_list") or ()
    }


def _expectations(frame: Any, dataset: Any) -> list[Any]:
    from great_expectations import expectations as gxe

    rules: list[Any] = []
    for item in dataset.items:
        if item.id not in frame.columns:
            continue
        if item.required:
            rules.append(gxe.ExpectColumnValuesToNotBeNull(column=item.id))
        if item.type.value == "uscc":
            rule = gxe.ExpectColumnValuesToMatchRegex(column=item.id, regex=CODE)
            rules.append(rule)
        elif item.type.value == "date":
            rule = gxe.ExpectColumnValuesToMatchRegex(column=item.id, regex=DAY)
            rules.append(rule)
    keys = [key for key in dataset.key if key in frame.columns]
    if len(keys) > 1:
        rules.append(gxe.ExpectCompoundColumnsToBeUnique(column_list=keys))
    return rules


if __name__ == "__main__":
    warnings.simplefilter("ignore")
    print(json.dumps(main(Path(sys.argv[1]), Path(sys.argv[2]))))
