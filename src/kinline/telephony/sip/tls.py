"""TLS: who we are, and whom we believe."""

import ssl
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class TlsFiles:
    """Our certificate, and whom we believe when we connect out. `authority_file` empty: the system's authorities."""

    certificate: Path
    key: Path
    port: int = 5061
    authority_file: Path | None = None
    verify: bool = True

    def server(self) -> ssl.SSLContext:
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(self.certificate, self.key)
        return context

    def client(self) -> ssl.SSLContext:
        return client_tls(self.authority_file, verify=self.verify)


def client_tls(authority_file: Path | None = None, *, verify: bool = True) -> ssl.SSLContext:
    context = ssl.create_default_context(cafile=authority_file)
    if not verify:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    return context
