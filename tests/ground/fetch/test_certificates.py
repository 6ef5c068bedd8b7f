"""Certificates: whom we believe, and that a slow one holds nobody."""

import socket
import ssl
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from lti_tool.app import create_app
from lti_tool.clock import now
from lti_tool.fetch import Fetcher
from lti_tool.launch.selftest.runner import _to_ourselves
from lti_tool.settings import Settings
from tests.ground.fetch.outside import HEAD, QUICK, SOON, Outside, refusal, serve


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A certificate for `localhost` that signs itself, and its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now() - timedelta(days=1))
        .not_valid_after(now() + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    folder = tmp_path_factory.mktemp("tls")
    (folder / "cert.pem").write_bytes(made.public_bytes(serialization.Encoding.PEM))
    (folder / "key.pem").write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    return folder / "cert.pem", folder / "key.pem"


@pytest.fixture
def secure(certificate: tuple[Path, Path]) -> Iterator[Outside]:
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(*certificate)
    yield from serve(context)


def test_a_certificate_nobody_vouches_for_is_refused(secure: Outside) -> None:
    fetcher = Fetcher(frozenset({"localhost"}), "t")

    problem = refusal(lambda: fetcher.get(f"https://localhost:{secure.port}/"))

    assert problem.kind == "bad_tls"
    assert secure.seen == []


def test_a_trusted_certificate_is_accepted_for_its_own_name_only(
    secure: Outside, certificate: tuple[Path, Path]
) -> None:
    secure.says("/page", b"safe")
    fetcher = Fetcher(frozenset({"localhost", "127.0.0.1"}), "t", authorities=certificate[0])

    answer = fetcher.get(f"https://localhost:{secure.port}/page")
    fetcher.get(f"https://localhost:{secure.port}/page")
    other_name = refusal(lambda: fetcher.get(f"https://127.0.0.1:{secure.port}/page"))

    assert answer.body == b"safe"
    assert other_name.kind == "bad_tls"
    assert len(secure.seen) == 2


def test_an_operator_says_which_authorities_are_believed(
    secure: Outside, certificate: tuple[Path, Path], tmp_path: Path
) -> None:
    secure.says("/page", b"safe")
    settings = Settings(
        data_dir=tmp_path, private_hosts=frozenset({"localhost"}), private_badge_hosts=frozenset({"localhost"}),
        certificate_authorities=certificate[0], public_url=f"https://localhost:{secure.port}",
    )  # fmt: skip
    app = create_app(settings)
    with app.app_context():
        fetchers = (app.extensions["fetcher"], app.extensions["badge_fetcher"], _to_ourselves())
        answers = [fetcher.get(f"https://localhost:{secure.port}/page").body for fetcher in fetchers]

    assert answers == [b"safe", b"safe", b"safe"]


def test_a_drip_behind_tls_is_given_up_too(secure: Outside, certificate: tuple[Path, Path]) -> None:
    secure.pours("/drip", HEAD, b"X: y\r\n", every=0.02)
    fetcher = Fetcher(frozenset({"localhost"}), "t", authorities=certificate[0])
    began = time.monotonic()

    problem = refusal(lambda: fetcher.get(f"https://localhost:{secure.port}/drip", limits=QUICK))

    assert problem.kind == "too_slow"
    assert time.monotonic() - began < SOON


def test_a_handshake_that_never_ends_is_given_up(fetcher: Fetcher) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        began = time.monotonic()
        problem = refusal(lambda: fetcher.get(f"https://127.0.0.1:{silent.getsockname()[1]}/", limits=QUICK))

    assert problem.kind == "too_slow"
    assert time.monotonic() - began < SOON
