"""A certificate for this machine, made on request: browsers give the microphone to secure pages only."""

from __future__ import annotations

import ipaddress
import os
import socket
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from assistant.errors import ConfigError

if TYPE_CHECKING:
    from cryptography import x509
    from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey

VALID_DAYS = 397
"""The longest some browsers accept."""
RENEW_DAYS = 30


@dataclass(frozen=True, slots=True)
class Certificate:
    """Files of a certificate and its key, PEM."""

    certificate: Path
    key: Path
    fingerprint: str
    """SHA-256 in pairs, as browsers show it."""


def ensure_certificate(folder: Path, names: Sequence[str] = (), now: datetime | None = None) -> Certificate:
    """The self-signed certificate in ``folder``: kept while it covers the names and is not about to expire, else made.

    Args:
        folder: where ``server.crt`` and ``server.key`` live; made if missing, closed to other users.
        names: host names and addresses besides this machine's own.
        now: the time; for tests.

    Raises:
        ConfigError: the folder cannot be written, or the files in it are no certificate.
    """
    now = now or datetime.now(UTC)
    wanted = _own_names() | set(names)
    certificate, key = folder / "server.crt", folder / "server.key"
    try:
        if certificate.exists() and key.exists():
            made = _read(certificate)
            if wanted <= _names(made) and made.not_valid_after_utc > now + timedelta(days=RENEW_DAYS):
                return Certificate(certificate, key, _fingerprint(made))
        made = _make(certificate, key, sorted(wanted), now)
    except OSError as error:
        raise ConfigError(f"no certificate can be kept here: {error.strerror}", where=str(folder)) from error
    return Certificate(certificate, key, _fingerprint(made))


def _read(path: Path) -> x509.Certificate:
    from cryptography import x509

    try:
        return x509.load_pem_x509_certificate(path.read_bytes())
    except ValueError as error:
        raise ConfigError("this is no certificate", where=str(path), mend="delete it, a new one is made") from error


def _make(certificate: Path, key: Path, names: Sequence[str], now: datetime) -> x509.Certificate:
    from cryptography.hazmat.primitives import serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    private = ec.generate_private_key(ec.SECP256R1())
    made = _sign(private, names, now)
    secret = private.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    certificate.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    _write(key, secret)
    _write(certificate, made.public_bytes(serialization.Encoding.PEM))
    return made


def _sign(private: EllipticCurvePrivateKey, names: Sequence[str], now: datetime) -> x509.Certificate:
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes
    from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, f"assistant on {socket.gethostname()}"[:64])])
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(private.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(days=VALID_DAYS))
        .add_extension(x509.SubjectAlternativeName([_general_name(name) for name in names]), critical=False)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .sign(private, hashes.SHA256())
    )


def _general_name(name: str) -> x509.GeneralName:
    from cryptography import x509

    try:
        return x509.IPAddress(ipaddress.ip_address(name))
    except ValueError:
        return x509.DNSName(name)


def _names(certificate: x509.Certificate) -> set[str]:
    from cryptography import x509

    try:
        names = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except x509.ExtensionNotFound:
        return set()
    return {str(name.value) for name in names}


def _fingerprint(certificate: x509.Certificate) -> str:
    from cryptography.hazmat.primitives import hashes

    return certificate.fingerprint(hashes.SHA256()).hex(":").upper()


def _own_names() -> set[str]:
    own = socket.gethostname()
    return {own, f"{own}.local", "localhost", "127.0.0.1", "::1", *_own_addresses()}


def _own_addresses() -> set[str]:
    """The address other machines reach this one by; found without sending anything."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))
        except OSError:
            return set()
        return {str(probe.getsockname()[0])}


def _write(path: Path, content: bytes) -> None:
    fresh = path.with_suffix(path.suffix + ".new")
    with open(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(path)
