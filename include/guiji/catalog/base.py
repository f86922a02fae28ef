"""What all models of the catalogue share."""

from typing import Annotated

import pydantic

Identifier = Annotated[
    str, pydantic.StringConstraints(pattern=r"^[a-z][a-z0-9_]*$", max_length=60)
]
"""A snake_case name: a dataset's file name, a department, a warehouse column."""


class Model(pydantic.BaseModel):
    """Catalogue models are read-only, and a misspelt key is an error."""

    model_config = pydantic.ConfigDict(frozen=True, extra="forbid")
