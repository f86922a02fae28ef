"""Which dataset a file is: by its name, else by its headings.

A file is never guessed into a dataset: if two fit equally well and neither the name,
a sheet's name nor a title row tells them apart, it goes back with that question.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from guiji.catalog.headings import normal
from guiji.reading import absent_headings, heading_refusals, headings, refusals
from guiji.reading.headings import Header, Page
from guiji.reading.layout import Layout
from guiji.reading.result import letter


@dataclass(frozen=True)
class Recognised:
    """What a file is.

    Attributes:
        layout: its dataset.
        headers: the heading row of each page, None = no data page.
        layouts: all datasets that there are.
    """

    layout: Layout
    headers: tuple[Header | None, ...]
    layouts: tuple[Layout, ...]

    def present_items(self) -> list[str]:
        """Return the items that any page has, in the order of the dataset."""
        present = {item for header in self.headers if header for item in header.items}
        return [item for item in self.layout.items if item in present]


@dataclass(frozen=True)
class _Fit:
    layout: Layout
    complete: bool
    hits: int


def recognise(
    name: str,
    pages: Sequence[Page],
    candidates: Sequence[Layout],
    others: Sequence[Layout],
) -> Recognised:
    """Return the dataset of a file and find its heading rows.

    Args:
        name: the file as the department named it.
        pages: the tops of its tables.
        candidates: the datasets that the department provides.
        others: the datasets of other departments, and data that is not collected.

    Raises:
        BatchRefused: UNKNOWN_FILE, EXCLUDED, WRONG_DEPARTMENT, HEADINGS or
            SEVERAL_DATASETS.
    """
    _refuse_excluded_titles(name, pages, others)
    layout = _by_name(name, candidates, others)
    share = headings.SHARE if layout is None else headings.LOOSE_SHARE
    if layout is None:
        layout = _by_headings(name, pages, candidates, others)
    page_headers = [headings.find(layout, page.rows, share) for page in pages]
    layouts = (*candidates, *others)
    if not any(h is not None and not h.missing(layout) for h in page_headers):
        hits = max((h.hits for h in page_headers if h is not None), default=0)
        fits = [f for f in _fits(pages, layouts) if f.complete and f.hits > hits]
        if fits:
            other = fits[0].layout.title
            raise heading_refusals.headings_of_another(name, layout.title, other)
        raise _missing(name, pages, layout, page_headers)
    headers = tuple(
        _checked(name, page, layout, header, layouts)
        for page, header in zip(pages, page_headers, strict=True)
    )
    return Recognised(layout, headers, layouts)


def _by_name(
    name: str, candidates: Sequence[Layout], others: Sequence[Layout]
) -> Layout | None:
    """Find the dataset whose id, title or alias begins the name; the longest wins."""
    best = _with_longest_name(name, (*candidates, *others))
    if best is not None and best not in candidates:
        raise refusals.wrong_department(name, best.dataset, best.title)
    return best


def _with_longest_name(name: str, layouts: Sequence[Layout]) -> Layout | None:
    start = normal(name)
    best: tuple[int, Layout] | None = None
    for layout in layouts:
        for own in layout.names:
            if start.startswith(own) and (best is None or len(own) > best[0]):
                best = (len(own), layout)
    return best[1] if best else None


def refuse_excluded(name: str, layouts: Sequence[Layout]) -> None:
    """Refuse a file whose name begins with that of data that is not collected.

    Args:
        name: the file as the department named it.
        layouts: all datasets, and data that is not collected.

    Raises:
        BatchRefused: EXCLUDED, whatever the file contains.

    Source: 福建省涉企信息统一归集公示工作实施方案(2016) 三.
    """
    layout = _with_longest_name(name, layouts)
    if layout is not None and layout.excluded:
        raise refusals.excluded(name, layout.title, layout.excluded)


def _refuse_excluded_titles(
    name: str, pages: Sequence[Page], layouts: Sequence[Layout]
) -> None:
    """Refuse a file of which a sheet or title row names data not collected."""
    excluded = [layout for layout in layouts if layout.excluded]
    for text in _titles(pages) if excluded else ():
        for layout in excluded:
            if text.startswith(layout.names):
                raise refusals.excluded(name, layout.title, layout.excluded)


def _titles(pages: Sequence[Page]) -> list[str]:
    """Return the normal forms of sheet names and title rows."""
    texts = [normal(page.name or "") for page in pages]
    for page in pages:
        titles = [row for row in page.rows[:3] if sum(map(bool, row)) == 1]
        texts += [normal("".join(row)) for row in titles]
    return texts


def _by_headings(
    name: str,
    pages: Sequence[Page],
    candidates: Sequence[Layout],
    others: Sequence[Layout],
) -> Layout:
    own, foreign = _fits(pages, candidates), _fits(pages, others)
    mine, theirs = own[0] if own else None, foreign[0] if foreign else None
    if theirs is not None and theirs.complete and not (mine and mine.complete):
        raise refusals.wrong_department(
            name, theirs.layout.dataset, theirs.layout.title
        )
    if mine is None:
        raise _unknown(name, pages, candidates)
    if theirs is not None and theirs.complete and theirs.hits > mine.hits:
        raise refusals.wrong_department(
            name, theirs.layout.dataset, theirs.layout.title
        )
    best = (mine.complete, mine.hits)
    equal = [f.layout for f in own if (f.complete, f.hits) == best]
    return _told_apart(name, pages, equal)


def _fits(pages: Sequence[Page], layouts: Sequence[Layout]) -> list[_Fit]:
    """Return the datasets that fit any page, the best first."""
    fits: list[_Fit] = []
    for layout in layouts:
        headers = [headings.find(layout, page.rows) for page in pages]
        scores = [(not h.missing(layout), h.hits) for h in headers if h is not None]
        if scores:
            fits.append(_Fit(layout, *max(scores)))
    return sorted(fits, key=lambda f: (f.complete, f.hits), reverse=True)


def _told_apart(name: str, pages: Sequence[Page], layouts: Sequence[Layout]) -> Layout:
    """Choose among equally fitting datasets by sheet names and title rows."""
    if len(layouts) == 1:
        return layouts[0]
    texts = _titles(pages)
    named = [x for x in layouts if any(n in text for n in x.names for text in texts)]
    if len(named) == 1:
        return named[0]
    raise refusals.ambiguous_file(name, [x.title for x in layouts])


def _unknown(
    name: str, pages: Sequence[Page], candidates: Sequence[Layout]
) -> Exception:
    """Nothing fits: name the nearest dataset's missing headings if one is near."""
    near: tuple[int, Layout] | None = None
    for layout in candidates:
        for page in pages:
            header = headings.find(layout, page.rows, headings.LOOSE_SHARE)
            hits = 0 if header is None else header.hits
            if hits >= 3 and (near is None or hits > near[0]):
                near = (hits, layout)
    if near is None:
        return refusals.unknown_file(name, [x.title for x in candidates])
    headers = [headings.find(near[1], p.rows, headings.LOOSE_SHARE) for p in pages]
    return _missing(name, pages, near[1], headers)


def _missing(
    name: str, pages: Sequence[Page], layout: Layout, headers: Sequence[Header | None]
) -> Exception:
    """Describe what the page with the most headings lacks."""
    pairs = [(p, h) for p, h in zip(pages, headers, strict=True) if h is not None]
    if not pairs:
        lacking = list(layout.required)
        return _without(name, None, layout, pages, lacking, [])
    page, header = max(pairs, key=lambda pair: pair[1].hits)
    lower = headings.below(layout, page.rows, header)
    if lower is not None:
        rows = header.last + 1, lower.last + 1
        return heading_refusals.incomplete_upper_table(name, page.name, *rows)
    lacking, unknown = header.missing(layout), header.unknown()
    return _without(name, page.name, layout, pages, lacking, unknown)


def _without(
    name: str,
    sheet: str | None,
    layout: Layout,
    pages: Sequence[Page],
    lacking: Sequence[str],
    unknown: Sequence[str],
) -> Exception:
    """Return the headings that a row lacks, with the places of misplaced ones."""
    places = absent_headings.elsewhere(layout, pages, lacking)
    absent = [(item, layout.items[item]) for item in lacking if item not in places]
    return heading_refusals.missing_headings(
        name, sheet, layout.title, absent, unknown, list(places.values())
    )


def _checked(
    name: str,
    page: Page,
    layout: Layout,
    header: Header | None,
    layouts: Sequence[Layout],
) -> Header | None:
    """Decide whether a page is data of the dataset; refuse what would be lost."""
    others = _other_tables(page, layout, layouts)
    _refuse_other_dataset(name, page, layout, others)
    if header is None:
        return None
    _refuse_table_above(name, page, layout, header, others)
    if header.missing(layout):
        if any(item in layout.anchors for item in header.items):
            raise _missing(name, [page], layout, [header])
        return None
    if (repeated := header.repeated()) is not None:
        item, columns = repeated
        raise heading_refusals.repeated_headings(
            name, layout.items[item], map(letter, columns)
        )
    if (stated := header.wrong_unit(layout)) is not None:
        heading, item = stated
        title, unit = layout.items[item], layout.units[item]
        raise heading_refusals.wrong_unit(name, heading, title, unit)
    return header


def _other_tables(
    page: Page, layout: Layout, layouts: Sequence[Layout]
) -> list[tuple[Layout, Header]]:
    """Return the other datasets of which a page has every heading that it needs."""
    tables = []
    for other in layouts:
        header = headings.find(other, page.rows) if other != layout else None
        if header is not None and not header.missing(other):
            tables.append((other, header))
    return tables


def _refuse_other_dataset(
    name: str, page: Page, layout: Layout, others: Sequence[tuple[Layout, Header]]
) -> None:
    """Refuse a workbook of which this page is a table of another dataset."""
    if page.name is None or not others:
        return
    header = headings.find(layout, page.rows)
    hits = 0 if header is None or header.missing(layout) else header.hits
    title = normal(page.name)
    for other, other_header in others:
        by_title = title.startswith(other.names) and not title.startswith(layout.names)
        if hits == 0 or (by_title and other_header.hits >= hits):
            raise refusals.several_datasets(name, [layout.title, other.title])


def _refuse_table_above(
    name: str,
    page: Page,
    layout: Layout,
    header: Header,
    others: Sequence[tuple[Layout, Header]],
) -> None:
    """Refuse a page with records of another dataset above the heading row."""
    for other, other_header in others:
        between = page.rows[other_header.last + 1 : header.first]
        if headings.hold_records(between):
            raise refusals.several_datasets(name, [other.title, layout.title])
