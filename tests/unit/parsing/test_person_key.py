import os
import stat
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest

from guiji.core.errors import UsageError
from guiji.core.settings import Settings
from guiji.parsing import keys


@pytest.fixture
def keyless(settings: Settings) -> Settings:
    return replace(settings, person_key=None)


def test_the_settings_key_comes_first(settings: Settings) -> None:
    given = replace(settings, person_key="a key that only tests use")
    assert keys.person_key(given) == b"a key that only tests use"
    assert not keys.key_file(given).exists()


def test_a_key_is_made_once_and_only_its_owner_reads_it(keyless: Settings) -> None:
    first = keys.person_key(keyless)
    assert len(first) == keys.SIZE
    assert keys.person_key(keyless) == first
    path = keys.key_file(keyless)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert os.listdir(path.parent) == [path.name]  # noqa: PTH208


def test_of_many_makers_one_key_is_left(keyless: Settings) -> None:
    with ThreadPoolExecutor(8) as pool:
        found = set(pool.map(lambda _: keys.person_key(keyless), range(16)))
    assert found == {keys.key_file(keyless).read_bytes()}


@pytest.mark.parametrize("kept", [b"", b"short"])
def test_a_key_that_protects_nobody_is_refused(keyless: Settings, kept: bytes) -> None:
    path = keys.key_file(keyless)
    path.parent.mkdir(parents=True)
    path.write_bytes(kept)
    with pytest.raises(UsageError, match="needs at least"):
        keys.person_key(keyless)
