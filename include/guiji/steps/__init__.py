"""The front door: one function per task of a night and per verb of the command line.

A step takes and returns only what survives JSON (ids, paths, counts), opens what it
needs and calls the layers below. DAG files and the command line call these functions
and nothing else.
"""

from guiji.steps.asking import (
    check_file,
    explain,
    release_sample,
    results,
    returned_workbook,
    sample,
    show,
    sql,
    verify,
)
from guiji.steps.catalogue import (
    catalogue_page,
    catalogue_problems,
    catalogue_rule_pages,
    catalogue_rules,
    catalogue_template,
    catalogue_try,
)
from guiji.steps.intervening import break_lock, close_night, set_aside
from guiji.steps.keeping import backup, fold, fold_due, restore, vacuum
from guiji.steps.nightly import (
    check,
    claim,
    connections,
    dashboards,
    look,
    merge,
    night,
    night_is_new,
    publish,
    push,
    report,
    report_period,
    require_released,
    unchecked,
    which_night,
)
from guiji.steps.releasing import release_batch
from guiji.steps.replaying import replay

__all__ = [
    "backup",
    "break_lock",
    "catalogue_page",
    "catalogue_problems",
    "catalogue_rule_pages",
    "catalogue_rules",
    "catalogue_template",
    "catalogue_try",
    "check",
    "check_file",
    "close_night",
    "set_aside",
    "returned_workbook",
    "claim",
    "connections",
    "dashboards",
    "explain",
    "fold",
    "fold_due",
    "look",
    "merge",
    "night",
    "night_is_new",
    "publish",
    "push",
    "release_batch",
    "release_sample",
    "replay",
    "report",
    "report_period",
    "require_released",
    "restore",
    "results",
    "sample",
    "show",
    "sql",
    "unchecked",
    "vacuum",
    "verify",
    "which_night",
]
