"""Replayed rows that another row contradicts which still waits in the quarantine.

Of two rows that were held back because of one another, each is good by itself. A
replay of one of them must not let it in while the other one waits: nobody has said
yet which is right. A good row of the same record closes both.
"""

from collections.abc import Iterator

import pyarrow as pa

from guiji.checking.suite import reconciliation as suite
from guiji.pipeline.reconciliation.comparison import Comparison
from guiji.pipeline.reconciliation.results import Result, RowFindings

_PAIRS = {r.kind: r for r in (suite.CONTRADICTED, suite.DIFFERENT_ENTERPRISE)}


def check(night: Comparison) -> Iterator[Result]:
    """Hold back again the rows whose counterpart still waits."""
    replays = [d for d in night.deliveries if d.is_replay]
    if not replays:
        return
    night.bind(replays)
    rules = [
        {"kind": rule.kind, "rule_id": suite.rule_id(dataset, rule)}
        for dataset in night.context.catalog.datasets.values()
        for rule in suite.of_dataset(dataset)
        if rule.kind in _PAIRS
    ]
    night.engine.rows("pair_rule", pa.Table.from_pylist(rules))
    night.bind_waiting()
    pairs = night.fetch("waiting_pairs").to_pylist()
    for kind, rule in _PAIRS.items():
        rows = [
            {"batch_id": row["batch_id"], "row_id": row["row_id"]}
            for row in pairs
            if row["kind"] == kind
        ]
        if rows:
            yield RowFindings(rule, pa.Table.from_pylist(rows))
