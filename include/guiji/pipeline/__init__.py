"""The front door: one function per task of a night and per verb of the command line.

A step takes and returns only what survives JSON (ids, paths, counts), opens what it
needs and calls the layers below. DAG files and the command line call these functions
and nothing else.
"""

from guiji.pipeline.catalog_commands import (
    catalogue_differences,
    catalogue_export,
    catalogue_page,
    catalogue_problems,
    catalogue_rule_pages,
    catalogue_rules,
    catalogue_site,
    catalogue_template,
    catalogue_templates,
    catalogue_try,
)
from guiji.pipeline.catalog_openings import (
    catalogue_answer,
    catalogue_openings,
    catalogue_openings_list,
    catalogue_refer,
)
from guiji.pipeline.catalog_proposals import (
    catalogue_decide,
    catalogue_proposal_effect,
    catalogue_proposals,
    catalogue_propose,
    catalogue_review_page,
)
from guiji.pipeline.catalog_workbooks import catalogue_import, catalogue_workbook
from guiji.pipeline.maintenance import backup, fold, fold_due, restore, vacuum
from guiji.pipeline.manual_interventions import break_lock, close_night, set_aside
from guiji.pipeline.manual_release import release_batch
from guiji.pipeline.manual_replay import replay
from guiji.pipeline.objections import (
    object_answer,
    object_check,
    object_decide,
    object_list,
    object_move,
    object_open,
    object_page,
    object_show,
)
from guiji.pipeline.questions import (
    check_file,
    explain,
    report_period,
    results,
    returned_workbook,
    show,
    sql,
    verify,
)
from guiji.pipeline.stages import (
    check,
    claim,
    connections,
    dashboards,
    look,
    merge,
    night_is_new,
    publish,
    push,
    report,
    require_released,
    unchecked,
    which_night,
)
from guiji.pipeline.whole_night import night

__all__ = [
    "backup",
    "break_lock",
    "catalogue_answer",
    "catalogue_export",
    "catalogue_import",
    "catalogue_openings",
    "catalogue_openings_list",
    "catalogue_page",
    "catalogue_refer",
    "catalogue_problems",
    "catalogue_review_page",
    "catalogue_rule_pages",
    "catalogue_rules",
    "catalogue_workbook",
    "catalogue_site",
    "catalogue_template",
    "catalogue_templates",
    "catalogue_decide",
    "catalogue_differences",
    "catalogue_proposal_effect",
    "catalogue_proposals",
    "catalogue_propose",
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
    "object_answer",
    "object_check",
    "object_decide",
    "object_list",
    "object_move",
    "object_open",
    "object_page",
    "object_show",
    "publish",
    "push",
    "release_batch",
    "replay",
    "report",
    "report_period",
    "require_released",
    "restore",
    "results",
    "show",
    "sql",
    "unchecked",
    "vacuum",
    "verify",
    "which_night",
]
