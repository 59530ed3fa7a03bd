"""Which database an installation uses, from its environment."""

from pathlib import Path

import pytest

from kinline.configuration import Configuration
from kinline.database import UnreadableDatabaseUrl, database


def configured(url: str, data: Path) -> dict[str, object]:
    return database(Configuration(DATABASE_URL=url, data=data))


def test_without_a_url_it_is_sqlite_in_the_data_folder(tmp_path: Path) -> None:
    entry = configured("", tmp_path / "new")
    assert entry["NAME"] == tmp_path / "new" / "kinline.sqlite3"
    assert (tmp_path / "new").is_dir()


def test_a_url_names_server_user_and_database(tmp_path: Path) -> None:
    entry = configured("postgresql://kin:p%40ss@db.example:5433/kinline?sslmode=require", tmp_path)
    assert (entry["HOST"], entry["PORT"], entry["USER"], entry["PASSWORD"]) == ("db.example", "5433", "kin", "p@ss")
    assert entry["NAME"] == "kinline"
    assert entry["OPTIONS"]["sslmode"] == "require"  # type: ignore[index]


@pytest.mark.parametrize(
    "url", ["postgresql://kin@%2Frun%2FPostgres/kinline", "postgresql://kin@/kinline?host=/run/Postgres"]
)
def test_a_socket_folder_may_be_the_host(url: str, tmp_path: Path) -> None:
    assert configured(url, tmp_path)["HOST"] == "/run/Postgres"


@pytest.mark.parametrize(
    ("url", "says"),
    [
        ("mysql://localhost/kinline", "postgresql://"),
        ("postgresql://localhost/", "no database"),
        ("postgresql://localhost:many/kinline", "port"),
    ],
)
def test_a_url_that_cannot_be_used_is_refused_with_the_reason(url: str, says: str, tmp_path: Path) -> None:
    with pytest.raises(UnreadableDatabaseUrl, match=says):
        configured(url, tmp_path)
