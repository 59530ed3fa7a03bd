"""The certificate that SIP over TLS is spoken with: the operator's, else one this installation made for itself."""

import datetime
import ipaddress
import os
from dataclasses import dataclass
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from kinline.configuration import Configuration

VALID_FOR = datetime.timedelta(days=825)


@dataclass(frozen=True, slots=True)
class CertificateFiles:
    """PEM files: the certificate (with its chain) and its private key."""

    certificate: Path
    key: Path


def certificate_files(configuration: Configuration) -> CertificateFiles:
    """Where the certificate and the key lie, whether they are there yet or not."""
    own = configuration.data / "tls"
    return CertificateFiles(
        configuration.tls_certificate or own / "certificate.pem", configuration.tls_key or own / "key.pem"
    )


def make_certificate(configuration: Configuration, now: datetime.datetime) -> bool:
    """Make a self-signed certificate for `configuration.host` unless one is named or made already; True when made."""
    files = certificate_files(configuration)
    if configuration.tls_certificate is not None or (files.certificate.exists() and files.key.exists()):
        return False
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Kinline")])
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(hours=1))  # a peer's clock may be behind ours
        .not_valid_after(now + VALID_FOR)
        .add_extension(x509.SubjectAlternativeName(_names(configuration.host)), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    files.key.parent.mkdir(parents=True, exist_ok=True)
    files.key.parent.chmod(0o700)
    unsealed = serialization.NoEncryption()
    pem = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, unsealed)
    with os.fdopen(os.open(files.key, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
        file.write(pem)
    files.certificate.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    return True


def expires_at(certificate: Path) -> datetime.datetime:
    """When the (first) certificate of a PEM file ends, UTC. ValueError when it is none; OSError when unreadable."""
    return x509.load_pem_x509_certificate(certificate.read_bytes()).not_valid_after_utc


def _names(host: str) -> list[x509.GeneralName]:
    try:
        return [x509.IPAddress(ipaddress.ip_address(host)), x509.DNSName("localhost")]
    except ValueError:
        return [x509.DNSName(host), x509.DNSName("localhost")]
