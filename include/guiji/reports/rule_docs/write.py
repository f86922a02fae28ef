"""The handbook as files: Markdown for the repository, HTML beside the dashboards."""

import re
import shutil
from collections.abc import Callable, Mapping
from functools import cache
from importlib.resources import files as resources
from pathlib import Path
from typing import Any

import jinja2

import guiji
from guiji.catalog.model import Catalog
from guiji.catalog.words import say
from guiji.core import files
from guiji.reports.rule_docs.pages import Page, handbook

STYLES = "rules.css"
STAMP = "made_by.txt"
"""Says which version of this package wrote a handbook."""

MARKED = "guiji catalogue rules --write"
"""Stands in every Markdown page that was generated."""

_SPECIAL = re.compile(r"([\\*|<])")


def markdown(catalog: Catalog) -> dict[str, str]:
    """Write a jurisdiction's handbook as Markdown: path below its folder -> text."""
    return _written(catalog, "README.md", ".md")


def html(catalog: Catalog) -> dict[str, str]:
    """Write a jurisdiction's handbook as HTML, its style sheet included."""
    return _written(catalog, "index.html", ".html") | {STYLES: _resource(STYLES)}


def put_markdown(catalog: Catalog, folder: Path) -> Path:
    """Write `<folder>/<jurisdiction>/…md`; generated pages of rules that went, go too.

    Where the folder has pages of some datasets, only theirs are written; an empty one
    gets the pages of all.

    Returns:
        The jurisdiction's folder.
    """
    root = folder / catalog.jurisdiction.id
    pages = markdown(of_folders(catalog, root))
    for path in root.rglob("*.md"):
        is_page = path.relative_to(root).as_posix() in pages
        if not is_page and MARKED in path.read_text(encoding="utf-8"):
            path.unlink()
    for name, text in pages.items():
        files.write_text(root / name, text)
    return root


def of_folders(catalog: Catalog, root: Path) -> Catalog:
    """Return the catalogue with those datasets only that have a folder, or with all."""
    kept = {n: d for n, d in catalog.datasets.items() if (root / n).is_dir()}
    return catalog.model_copy(update={"datasets": kept}) if kept else catalog


def put_html(catalog: Catalog, folder: Path) -> None:
    """Write the handbook into a folder of its own, as a whole or not at all.

    What is there already stays, unless another version of this package wrote it.
    """
    stamp = folder / STAMP
    if stamp.exists() and stamp.read_text(encoding="utf-8") == guiji.__version__:
        return
    draft = folder.with_name(f".{folder.name}.tmp")
    shutil.rmtree(draft, ignore_errors=True)
    for name, text in {**html(catalog), STAMP: guiji.__version__}.items():
        path = draft / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    shutil.rmtree(folder, ignore_errors=True)
    draft.rename(folder)


def tolerance(page: Page) -> str:
    """Describe how many rows may break a rule before the whole delivery is refused."""
    if page.mostly >= 1:
        return "按行判断，不因比例整批退回"
    least = f"满 {page.from_rows} 行的，" if page.from_rows else ""
    return f"{least}不合格的行超过 {1 - page.mostly:.2%} 时整批退回"


def _written(catalog: Catalog, index: str, suffix: str) -> dict[str, str]:
    chapters = handbook(catalog)
    common: Mapping[str, Any] = {
        "here": catalog.jurisdiction,
        "version": catalog.version,
        "chapters": chapters,
    }
    kind = f"{suffix}.j2"
    texts = {index: _template(f"index{kind}").render(common)}
    for chapter in chapters:
        listed = _template(f"chapter{kind}").render(common, chapter=chapter)
        texts[f"{chapter.folder}/{index}"] = listed
        for page in chapter.pages:
            text = _template(f"page{kind}").render(common, chapter=chapter, page=page)
            texts[f"{page.place}{suffix}"] = text
    return texts


@cache
def _environment() -> jinja2.Environment:
    environment = jinja2.Environment(
        loader=jinja2.PackageLoader("guiji.reports.rule_docs"),
        autoescape=jinja2.select_autoescape(enabled_extensions=("html.j2",)),
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    tools: dict[str, Callable[..., str]] = {"say": say, "tolerance": tolerance}
    environment.globals.update(tools)
    environment.filters["md"] = escaped
    environment.filters["ended"] = ended
    return environment


def _template(name: str) -> jinja2.Template:
    return _environment().get_template(name)


def _resource(name: str) -> str:
    return (resources(__package__) / "templates" / name).read_text(encoding="utf-8")


def ended(sentence: str) -> str:
    """End a sentence with a full stop, where it does not."""
    return sentence if sentence.endswith("。") else f"{sentence}。"


def escaped(text: str) -> str:
    """Write a text so that Markdown, also in a cell of a table, shows it as it is."""
    return _SPECIAL.sub(r"\\\1", text).replace("\n", "<br>")
