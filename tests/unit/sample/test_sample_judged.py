"""A generated night, read, parsed and judged: the findings are the truth, no more."""

import warnings
from collections import Counter

import pyarrow.parquet as pq

from guiji.checking.validator import BatchInput, Validator
from guiji.domain import regions
from guiji.parsing.parse import parse
from guiji.reading.read import read_file

KEY = b"k" * 32
KINDS = ("quarantine", "warning", "info")


def test_findings_are_the_faults_and_nothing_else(sample, tmp_path) -> None:
    known = regions.load(sample.settings.catalog / "regions.csv")
    delivered = [
        line
        for line in sample.expected()
        if line["way"] == "file" and line["verdict"] in ("accepted", "partly")
    ]
    expected = Counter(
        (f["department"], f["file"], f["row"], f["column"], f["rule_id"])
        for f in sample.truth()
        if f["kind"] in KINDS
    )
    found: Counter[tuple[object, ...]] = Counter()
    with Validator(sample.settings, sample.catalog) as validator:
        for line in delivered:
            found += told(sample, validator, line, known, tmp_path)
    names = {(line["department"], line["file"]) for line in delivered}
    of_files = Counter({k: n for k, n in expected.items() if k[:2] in names})
    assert (found - of_files, of_files - found) == (Counter(), Counter())
    assert len({rule for *_, rule in found}) > 150


def told(sample, validator, line, known, folder) -> Counter[tuple[object, ...]]:
    """Check one delivery as a night does, but for what is known of its department."""
    department, name = line["department"], line["file"]
    own = sample.catalog.datasets_of(department)
    out = folder / department / name
    reading = read_file(sample.path(line), name, own, out)
    text = pq.read_table(out / "text.parquet")
    dataset = sample.catalog.datasets[line["dataset"]]
    typed = parse(text, dataset, sample.catalog, department, KEY, known)
    batch = BatchInput(f"b-{name}", line["night"], department, dataset.id, name)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        result = validator.check(batch, text, typed, reading)
    assert result.batch_refusal is None
    return Counter(
        (department, name, f["source_row"], f["source_column"], f["rule_id"])
        for f in result.findings.to_pylist()
    )
