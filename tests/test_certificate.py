"""The certificate that an installation makes for itself."""

import datetime
import ssl
import stat
from pathlib import Path

from kinline.certificate import VALID_FOR, certificate_files, expires_at, make_certificate
from kinline.configuration import Configuration

NOW = datetime.datetime(2026, 11, 20, 12, tzinfo=datetime.UTC)


def test_a_server_and_a_client_that_trusts_it_agree(tmp_path: Path) -> None:
    configuration = Configuration(data=tmp_path, host="127.0.0.1")
    assert make_certificate(configuration, datetime.datetime.now(datetime.UTC))
    files = certificate_files(configuration)

    server_context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server_context.load_cert_chain(files.certificate, files.key)
    client_context = ssl.create_default_context(cafile=str(files.certificate))
    to_server, to_client = ssl.MemoryBIO(), ssl.MemoryBIO()
    server = server_context.wrap_bio(to_server, to_client, server_side=True)
    client = client_context.wrap_bio(to_client, to_server, server_hostname="127.0.0.1")
    for _ in range(2):
        for side in (client, server):
            try:
                side.do_handshake()
            except ssl.SSLWantReadError:
                continue

    assert client.version() == "TLSv1.3"


def test_only_its_owner_may_read_the_key(tmp_path: Path) -> None:
    configuration = Configuration(data=tmp_path)
    make_certificate(configuration, NOW)
    assert stat.S_IMODE(certificate_files(configuration).key.stat().st_mode) == 0o600


def test_it_is_made_once_and_tells_when_it_ends(tmp_path: Path) -> None:
    configuration = Configuration(data=tmp_path, host="phones.example")
    assert make_certificate(configuration, NOW)
    made = certificate_files(configuration).certificate
    assert expires_at(made) == NOW + VALID_FOR
    assert not make_certificate(configuration, NOW + datetime.timedelta(days=1))
    assert expires_at(made) == NOW + VALID_FOR


def test_one_that_the_operator_names_is_left_alone(tmp_path: Path) -> None:
    named = Configuration(data=tmp_path, tls_certificate=tmp_path / "own.pem", tls_key=tmp_path / "own.key")
    assert not make_certificate(named, NOW)
    assert certificate_files(named).certificate == tmp_path / "own.pem"
    assert list(tmp_path.iterdir()) == []
