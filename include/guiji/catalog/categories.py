"""Whom a row is about, by the item that says so (相对人类别)."""

from guiji.catalog.model import Catalog, Dataset

PERSON = "自然人"
INDIVIDUAL_BUSINESS = "个体工商户"


def stored(catalog: Catalog, dataset: Dataset, title: str) -> str | None:
    """Return the value that stands for a category in a dataset's rows.

    Args:
        catalog: where the code list is.
        dataset: says which item it is.
        title: title or alias in the code list.

    Returns:
        The code of that title; None where rows do not say whom they are about, or
        have no such category.
    """
    if dataset.subject.category is None:
        return None
    listed = dataset.item(dataset.subject.category).code_list
    values = catalog.code_list(dataset, listed).values if listed else ()
    codes = (v.code for v in values if title in (v.title, *v.aliases))
    return next(codes, None)
