"""Great Expectations, and the expectations that this platform adds to it.

All of them are column maps over conditions that Great Expectations compiles, and are
judged by their count alone: one bundled aggregate answers a whole suite, no sample of
values (which would be personal data) is ever fetched. Importing this module costs
seconds of CPU, so only a process that judges does it.
"""

import logging
import warnings
from typing import Any, ClassVar, cast

import sqlalchemy as sa

from guiji.checking.gx.deferred import absent, deferred
from guiji.checking.suite.rules import Judgement, RuleExpectation

with (
    warnings.catch_warnings(),
    deferred("scipy", "scipy.stats", "altair"),
    absent("pyspark"),  # the package has it for the merge, not for checks
):
    # What Great Expectations and its dependencies deprecate is theirs to mend.
    warnings.simplefilter("ignore")
    import great_expectations as gx
    from great_expectations.core.result_format import ResultFormat
    from great_expectations.data_context.types.base import (
        DataContextConfig,
        InMemoryStoreBackendDefaults,
        ProgressBarsConfig,
    )
    from great_expectations.execution_engine.sqlalchemy_execution_engine import (
        SqlAlchemyExecutionEngine,
    )
    from great_expectations.expectations.core.expect_table_columns_to_match_set import (
        ExpectTableColumnsToMatchSet,
    )
    from great_expectations.expectations.core.expect_table_row_count_to_equal import (
        ExpectTableRowCountToEqual,
    )
    from great_expectations.expectations.expectation import (
        ColumnMapExpectation,
        Expectation,
        _mostly_success,
    )
    from great_expectations.expectations.metrics import (  # type: ignore[attr-defined]
        ColumnMapMetricProvider,
        column_condition_partial,
    )
    from great_expectations.validator.metric_configuration import MetricConfiguration
    from great_expectations.validator.metrics_calculator import MetricsCalculator
    from great_expectations.validator.validator import ValidationDependencies

__all__ = [
    "RESULT_FORMAT",
    "CountedExpectation",
    "DataContextConfig",
    "InMemoryStoreBackendDefaults",
    "MetricsCalculator",
    "ProgressBarsConfig",
    "expectation",
    "gx",
]

# On import it sends every warning of the process to its log; undo that.
logging.captureWarnings(False)

RESULT_FORMAT: dict[str, Any] = {
    "result_format": ResultFormat.BASIC.value,
    "partial_unexpected_count": 0,
}


NULLS = "column_values.nonnull.unexpected_count"
"""The metric that counts the rows whose column is null."""


class FlagHolds(ColumnMapMetricProvider):
    """The condition that a boolean column, made when the batch was staged, is true.

    The flag is true where its column is empty, so the column itself is not read.
    """

    filter_column_isnull = False
    condition_metric_name = "column_values.flag_holds"
    condition_value_keys = ("flag",)

    @column_condition_partial(engine=SqlAlchemyExecutionEngine)
    def _sqlalchemy(cls, column: Any, flag: str, **_: Any) -> Any:  # noqa: N805
        return sa.column(flag, sa.Boolean).is_(sa.true())


class NotBefore(ColumnMapMetricProvider):
    """The condition that a date is not before another; an empty one is no fault."""

    condition_metric_name = "column_values.not_before"
    condition_value_keys = ("earlier",)

    @column_condition_partial(engine=SqlAlchemyExecutionEngine)
    def _sqlalchemy(cls, column: Any, earlier: str, **_: Any) -> Any:  # noqa: N805
        other: sa.ColumnClause[Any] = sa.column(earlier)
        return sa.or_(other.is_(None), column >= other)


class CountedExpectation(ColumnMapExpectation):
    """A column map that asks for its count and the number of rows, nothing else.

    Where a share of rows is enough (`mostly`), the rows whose column is null do not
    count, as in any column map of Great Expectations; and of fewer rows than
    `from_rows` no share is judged.
    """

    from_rows: int = 0
    value_keys: ClassVar[tuple[str, ...]] = ()
    counts_nulls: ClassVar[bool] = False

    def metric(self, part: str) -> MetricConfiguration:
        """Describe one part of the map metric: `condition` or `unexpected_count`."""
        return MetricConfiguration(
            f"{self.map_metric}.{part}",
            metric_domain_kwargs={**self._table(), "column": self.column},
            metric_value_kwargs={key: getattr(self, key) for key in self.value_keys},
        )

    def _table(self) -> dict[str, Any]:
        return {
            "batch_id": self.batch_id,
            "table": None,
            "row_condition": None,
            "condition_parser": None,
        }

    def get_validation_dependencies(
        self,
        execution_engine: Any = None,
        runtime_configuration: dict[str, Any] | None = None,
        **_: Any,
    ) -> ValidationDependencies:
        """Name the metrics that the verdict needs."""
        asked = {
            "unexpected": self.metric("unexpected_count"),
            "rows": MetricConfiguration("table.row_count", self._table(), {}),
        }
        if self._share < 1 and not self.counts_nulls:
            domain = {**self._table(), "column": self.column}
            asked["nulls"] = MetricConfiguration(NULLS, domain, {})
        return ValidationDependencies(asked, result_format=RESULT_FORMAT)

    @property
    def _share(self) -> float:
        return cast(float, self.mostly)  # no parameter of a suite here

    def _validate(
        self,
        metrics: dict[str, Any],
        runtime_configuration: dict[str, Any] | None = None,
        execution_engine: Any = None,
    ) -> dict[str, Any]:
        rows, unexpected = metrics["rows"], metrics["unexpected"]
        nulls = metrics.get("nulls", 0)
        if rows == 0:
            unexpected = nulls = 0  # the sum over no rows is null
        counts = {
            "element_count": rows,
            "unexpected_count": unexpected,
            "unexpected_percent": 100 * unexpected / rows if rows else 0.0,
            "partial_unexpected_list": [],
        }
        if self._share == 1:
            return {"success": unexpected == 0, "result": counts}
        about = rows - nulls
        success = about == 0 or about < self.from_rows
        success = success or _mostly_success(about, unexpected, self._share)
        return {"success": success, "result": {**counts, "missing_count": nulls}}


class ExpectItemToBeGiven(CountedExpectation):
    """The item is filled in."""

    map_metric: ClassVar[str] = "column_values.nonnull"
    counts_nulls: ClassVar[bool] = True


class ExpectItemLengthToFit(CountedExpectation):
    """The text has at most so many characters."""

    max_value: int
    map_metric: ClassVar[str] = "column_values.value_length.between"
    value_keys: ClassVar[tuple[str, ...]] = ("max_value",)
    success_keys: ClassVar[tuple[str, ...]] = ("max_value",)


class ExpectItemToBeWithin(CountedExpectation):
    """The number or date lies between bounds, both included."""

    min_value: Any = None
    max_value: Any = None
    map_metric: ClassVar[str] = "column_values.between"
    value_keys: ClassVar[tuple[str, ...]] = ("min_value", "max_value")
    success_keys: ClassVar[tuple[str, ...]] = ("min_value", "max_value")


class ExpectFlagToHold(CountedExpectation):
    """A fact that was established when the batch was staged is true."""

    flag: str
    map_metric: ClassVar[str] = "column_values.flag_holds"
    value_keys: ClassVar[tuple[str, ...]] = ("flag",)
    success_keys: ClassVar[tuple[str, ...]] = ("flag",)


class ExpectDateNotBefore(CountedExpectation):
    """A date is not before another one of the same row."""

    earlier: str
    map_metric: ClassVar[str] = "column_values.not_before"
    value_keys: ClassVar[tuple[str, ...]] = ("earlier",)
    success_keys: ClassVar[tuple[str, ...]] = ("earlier",)


def _bound(value: Any) -> Any:
    """Return a whole number as int: the column is compared with it as it is stored."""
    return int(value) if isinstance(value, float) and value.is_integer() else value


def expectation(rule: RuleExpectation) -> Expectation:
    """Make the expectation that judges a rule."""
    said: dict[str, Any] = {
        "description": rule.wording.message,
        "notes": f"{rule.rule_id} · {rule.clause}",
        "severity": rule.severity.value,
        "meta": {
            "rule_id": rule.rule_id,
            "title": rule.title,
            "dimension": rule.dimension.value,
            "clause": rule.clause,
        },
    }
    if rule.is_tolerant:
        said |= {"mostly": rule.mostly, "from_rows": rule.from_rows}
    column = rule.columns[0] if rule.columns else ""
    low, high = _bound(rule.minimum), _bound(rule.maximum)
    match rule.judgement:
        case Judgement.GIVEN:
            return ExpectItemToBeGiven(column=column, **said)
        case Judgement.LENGTH:
            return ExpectItemLengthToFit(column=column, max_value=high, **said)
        case Judgement.RANGE | Judgement.FACT:
            return ExpectItemToBeWithin(
                column=column, min_value=low, max_value=high, **said
            )
        case Judgement.FLAG:
            return ExpectFlagToHold(column=column, flag=rule.columns[1], **said)
        case Judgement.ORDER:
            return ExpectDateNotBefore(column=rule.columns[1], earlier=column, **said)
        case Judgement.COLUMNS:
            return ExpectTableColumnsToMatchSet(
                column_set=list(rule.columns), exact_match=False, **said
            )
        case Judgement.ROWS:
            return ExpectTableRowCountToEqual(value=low, **said)
