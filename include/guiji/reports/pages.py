"""Pages from templates: two languages in one file, nothing fetched from anywhere."""

from collections.abc import Callable
from functools import cache
from typing import Any

import jinja2
from markupsafe import Markup

from guiji.reports.wording import Words

NOTHING = "—"
HALF_STEP = 0.00005


def render(template: str, **values: Any) -> str:
    """Fill a template of `reports/templates`; a missing value is an error."""
    return _environment().get_template(template).render(**values)


@cache
def _environment() -> jinja2.Environment:
    environment = jinja2.Environment(
        loader=jinja2.PackageLoader("guiji.reports"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    tools: dict[str, Callable[..., Any]] = {"t": both, "words": both_of}
    environment.globals.update(tools)
    environment.filters["n"] = number
    environment.filters["pct"] = percent
    return environment


def both(zh: str, en: str) -> Markup:
    """Render a wording in both languages; the page shows one of them."""
    return Markup(
        '<span class="zh" lang="zh-CN">{}</span><span class="en" lang="en">{}</span>'
    ).format(zh, en)


def both_of(words: Words) -> Markup:
    """Render a pair of words."""
    return both(words.zh, words.en)


def number(value: int | None) -> str:
    """Group thousands; a dash for nothing."""
    return NOTHING if value is None else f"{value:,}"


def percent(rate: float | None) -> str:
    """Write a rate as a percentage with two decimals; a dash for nothing.

    What is not quite all, or not quite none, is never rounded to all or none.
    """
    if rate is None:
        return NOTHING
    if 0 < rate < HALF_STEP:
        return "<0.01%"
    if 1 - HALF_STEP <= rate < 1:
        return ">99.99%"
    return f"{rate:.2%}"
