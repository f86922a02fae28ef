"""A catalogue that was read once is the same when it is read from what was kept."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from settings_builders import REPOSITORY
from small_catalogue import Small

from guiji.catalog import cache, load
from guiji.catalog.model import Catalog
from guiji.core.errors import CatalogError
from guiji.core.settings import Settings

PENALTY = "catalog/small/datasets/penalty.yml"


@pytest.fixture
def here(small: Small, settings: Settings, tmp_path: Path) -> Settings:
    data = tmp_path / "data"
    data.mkdir(exist_ok=True)
    catalog = small.root / "catalog"
    return replace(settings, catalog=catalog, jurisdiction="small", data=data)


@pytest.fixture
def loaded(here: Settings, monkeypatch: pytest.MonkeyPatch) -> Callable[[], Catalog]:
    """Load as a new process does; `reads` counts how often files are read."""

    def load_anew() -> Catalog:
        load._load_version.cache_clear()
        return load.load(here)

    reads: list[int] = []
    real = load.load_folder

    def counted(*args: object, **named: object) -> Catalog:
        reads.append(1)
        return real(*args, **named)  # type: ignore[arg-type]

    monkeypatch.setattr(load, "load_folder", counted)
    load_anew.reads = reads  # type: ignore[attr-defined]
    return load_anew


def kept(here: Settings) -> list[Path]:
    return sorted((here.checked_catalogues / "small").glob("*.json"))


def test_every_catalogue_of_the_repository_is_kept_without_loss(tmp_path: Path) -> None:
    for path in sorted((REPOSITORY / "catalog").glob("*/jurisdiction.yml")):
        roots = REPOSITORY / "catalog", REPOSITORY / "expectations"
        catalog = load.load_folder(*roots, path.parent.name)
        folder = tmp_path / ".catalogues" / path.parent.name
        for _ in range(2):
            read = cache.read_through(folder, catalog.version, lambda c=catalog: c)
            assert read == catalog
            given = [c.model_dump(exclude_unset=True) for c in (read, catalog)]
            assert given[0] == given[1]  # what is left out is not what is null
        assert len([*folder.iterdir()]) == 1


def test_limits_that_are_left_out_stay_left_out(
    small: Small, loaded: Callable[[], Catalog]
) -> None:
    limit = "{ last: 5, at_least: 0.1, at_most: 10, severity: warning, clause: x }"
    small.replace(
        "catalog/small/jurisdiction.yml",
        "circular:\n",
        f"batch_limits: {{ row_count: {limit} }}\ncircular:\n",
    )
    for _ in range(2):
        catalog = loaded()
        assert catalog.batch_limits(catalog.datasets["penalty"]).row_count is not None
    small.replace(
        PENALTY, "key: [number]", "key: [number]\nbatch_limits: { row_count: null }"
    )
    for _ in range(2):
        catalog = loaded()
        assert catalog.batch_limits(catalog.datasets["penalty"]).row_count is None


def test_files_are_read_once_and_again_when_they_change(
    small: Small, here: Settings, loaded: Callable[[], Catalog]
) -> None:
    first = loaded()
    assert loaded() == first
    assert len(loaded.reads) == 1  # type: ignore[attr-defined]
    small.replace(PENALTY, "working_days: 7", "working_days: 3")
    assert loaded().datasets["penalty"].clocks[0].working_days == 3
    small.replace(PENALTY, "working_days: 3", "working_days: 7")
    assert loaded() == first
    assert len(loaded.reads) == 2  # type: ignore[attr-defined]
    assert len(kept(here)) == 2


def test_what_cannot_be_read_is_read_anew(
    here: Settings, loaded: Callable[[], Catalog]
) -> None:
    first = loaded()
    (path,) = kept(here)
    for content in ("", "{}", path.read_text("utf-8")[:-9], "[1]"):
        path.write_text(content, encoding="utf-8")
        assert loaded() == first
        assert Catalog.model_validate_json(path.read_bytes()) == first


def test_other_code_reads_the_files(
    here: Settings, loaded: Callable[[], Catalog], monkeypatch: pytest.MonkeyPatch
) -> None:
    loaded()
    monkeypatch.setattr(cache, "_code", lambda: "000000000000")
    loaded()
    assert len(loaded.reads) == 2  # type: ignore[attr-defined]
    assert len(kept(here)) == 2


def test_the_latest_are_kept(
    small: Small, here: Settings, loaded: Callable[[], Catalog]
) -> None:
    for number in range(cache.KEPT + 2):
        path = small.root / PENALTY
        path.write_text(path.read_text("utf-8") + f"# {number}\n", encoding="utf-8")
        version = loaded().version
    assert len(kept(here)) == cache.KEPT
    assert any(path.name.startswith(version) for path in kept(here))


def test_a_wrong_catalogue_is_refused_every_time(
    small: Small, here: Settings, loaded: Callable[[], Catalog]
) -> None:
    small.replace(PENALTY, "coverage: whole_city", "coverage: xyz")
    for _ in range(2):
        with pytest.raises(CatalogError, match="no such value 'xyz'"):
            loaded()
    assert kept(here) == []


def test_nothing_is_written_where_there_is_no_data_folder(
    here: Settings, loaded: Callable[[], Catalog]
) -> None:
    here.data.rmdir()
    loaded()
    assert not here.data.exists()
