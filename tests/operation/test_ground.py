"""What is said when an installation cannot start: one line, with the remedy."""

import socket
from pathlib import Path

import pytest
from ports import free_ports

from kinline.configuration import Configuration
from kinline.operation import ground


def settings(tmp_path: Path, **changes: object) -> Configuration:
    free = free_ports(4)
    ports = {"web_port": free[0], "sip_port": free[1], "sips_port": free[2], "files_port": free[3]}
    return Configuration(data=tmp_path / "data", **{"_env_file": None, **ports, **changes})


def test_free_ports_are_no_problem(tmp_path: Path) -> None:
    assert list(ground.port_problems(settings(tmp_path))) == []


@pytest.mark.parametrize(
    ("setting", "kind", "variable", "protocol"),
    [
        ("web_port", socket.SOCK_STREAM, "KINLINE_WEB_PORT", "TCP"),
        ("files_port", socket.SOCK_STREAM, "KINLINE_FILES_PORT", "TCP"),
        ("sip_port", socket.SOCK_DGRAM, "KINLINE_SIP_PORT", "UDP"),
        ("sip_port", socket.SOCK_STREAM, "KINLINE_SIP_PORT", "TCP"),
        ("sips_port", socket.SOCK_STREAM, "KINLINE_SIPS_PORT", "TCP"),
    ],
)
def test_a_port_in_use_is_said_with_the_variable_to_set(
    tmp_path: Path, setting: str, kind: socket.SocketKind, variable: str, protocol: str
) -> None:
    with socket.socket(socket.AF_INET, kind) as taken:
        taken.bind(("127.0.0.1", 0))
        if kind is socket.SOCK_STREAM:
            taken.listen()
        port = taken.getsockname()[1]

        (problem,) = ground.port_problems(settings(tmp_path, **{setting: port}))

    assert f"{protocol} port {port}" in problem
    assert "address already in use" in problem
    assert problem.endswith(f"set {variable} to another port")


def test_two_purposes_cannot_share_a_port(tmp_path: Path) -> None:
    (port,) = free_ports(1)
    (problem,) = ground.port_problems(settings(tmp_path, web_port=port, sips_port=port))
    assert "KINLINE_SIPS_PORT and KINLINE_WEB_PORT" in problem


def test_a_host_that_is_not_ours_is_said(tmp_path: Path) -> None:
    problems = list(ground.port_problems(settings(tmp_path, host="192.0.2.1")))
    assert problems
    assert all("cannot assign requested address" in problem for problem in problems)


def test_an_unreachable_database_is_said_without_its_password(tmp_path: Path) -> None:
    url = f"postgresql://kinline:hush-hush@127.0.0.1:{free_ports(1)[0]}/kinline"

    (problem,) = ground.database_problems(settings(tmp_path, DATABASE_URL=url))

    assert "hush-hush" not in problem
    assert "kinline:***@127.0.0.1" in problem
    assert "\n" not in problem
    assert "DATABASE_URL" in problem


@pytest.mark.parametrize("url", ["mysql://root@127.0.0.1/kinline", "postgresql://127.0.0.1/", "kinline"])
def test_an_address_that_names_no_postgresql_database_is_said(tmp_path: Path, url: str) -> None:
    (problem,) = ground.database_problems(settings(tmp_path, DATABASE_URL=url))
    assert "postgresql://user:password@host:port/name" in problem


def test_sqlite_needs_no_server(tmp_path: Path) -> None:
    assert list(ground.database_problems(settings(tmp_path, DATABASE_URL=""))) == []


def test_a_missing_tool_is_said_with_its_package(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    (problem,) = ground.tool_problems()
    assert problem.endswith("apt-get install espeak-ng")


def test_a_data_folder_that_cannot_be_made_is_said(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("a file is in the way")
    (problem,) = ground.folder_problems(settings(tmp_path))
    assert "KINLINE_DATA" in problem
