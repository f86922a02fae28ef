from pathlib import Path

import pytest
from reading_samples import Drop


@pytest.fixture
def drop(tmp_path: Path) -> Drop:
    return Drop(tmp_path)
