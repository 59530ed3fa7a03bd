"""One installation for all tests of a session that do not break theirs."""

import socket
from collections.abc import Iterator
from pathlib import Path

import kept
import pytest
from acceptance import hurried_prompts
from acceptance.exchange import Exchange
from acceptance.installation import Installation, installation


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """A whole installation on a busy machine needs its time; only a test that hangs takes so much."""
    for item in items:
        if item.path.is_relative_to(Path(__file__).parent) and item.get_closest_marker("timeout") is None:
            item.add_marker(pytest.mark.timeout(300))


@pytest.fixture(scope="session")
def prompts(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Those of the product, and before them recordings that take no time."""
    folder = tmp_path_factory.mktemp("prompts")
    kept.linked(kept.spoken_prompts(), folder)
    hurried_prompts.record(folder)
    return folder


@pytest.fixture(scope="session")
def installed(tmp_path_factory: pytest.TempPathFactory, prompts: Path) -> Iterator[Installation]:
    """A running installation. It offers MD5 alone: SIPp, and baresip as Debian 12 has it, give up at SHA-256."""
    with installation(tmp_path_factory.mktemp("shared"), prompts, KINLINE_SIP_DIGEST="md5") as running:
        running.start()
        yield running
        running.stop()


@pytest.fixture
def exchange(installed: Installation, tmp_path: Path) -> Iterator[Exchange]:
    """Peers around the shared installation, gone after the test; the books must balance then."""
    peers = Exchange(installed, tmp_path)
    yield peers
    peers.close()
    installed.books.assert_balanced()


@pytest.fixture(scope="session")
def raw_sockets() -> None:
    """SIPp plays packets through raw sockets, which need root or CAP_NET_RAW."""
    try:
        socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_UDP).close()
    except PermissionError:
        pytest.skip("SIPp needs raw sockets to send RTP: run as root")
