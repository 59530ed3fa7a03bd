"""The secrets of an installation."""

import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from kinline.configuration import Configuration
from kinline.secrets import Secret, secret_file, secret_text


@pytest.fixture(autouse=True)
def nothing_given(monkeypatch: pytest.MonkeyPatch) -> None:
    for secret in Secret:
        monkeypatch.delenv(f"KINLINE_{secret.name}", raising=False)


def test_a_secret_is_made_once_and_then_kept(tmp_path: Path) -> None:
    configuration = Configuration(data=tmp_path)
    first = secret_text(configuration, Secret.PIN_PEPPER)
    assert len(first) >= 40
    assert secret_text(configuration, Secret.PIN_PEPPER) == first
    assert secret_text(configuration, Secret.SECRET_KEY) != first


def test_its_file_can_be_read_by_its_owner_alone(tmp_path: Path) -> None:
    configuration = Configuration(data=tmp_path)
    secret_text(configuration, Secret.SECRET_KEY)
    path = secret_file(configuration, Secret.SECRET_KEY)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


def test_all_who_ask_at_once_at_first_start_get_the_same(tmp_path: Path) -> None:
    configuration = Configuration(data=tmp_path)
    with ThreadPoolExecutor(8) as pool:
        given = set(pool.map(lambda _: secret_text(configuration, Secret.SECRET_KEY), range(32)))
    assert len(given) == 1


def test_the_environment_comes_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KINLINE_SECRET_KEY", "given")
    configuration = Configuration(data=tmp_path)
    assert secret_text(configuration, Secret.SECRET_KEY) == "given"
    assert not secret_file(configuration, Secret.SECRET_KEY).exists()
    assert "given" not in repr(configuration)
