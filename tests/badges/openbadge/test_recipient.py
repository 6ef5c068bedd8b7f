"""Identity hashes: known to who knows the address, silent to everybody else."""

import hashlib

import pytest

from lti_tool.badges.openbadge.recipient import hashed_email, hashed_url, matches


def test_an_address_is_hashed_in_lower_case_with_the_salt_behind_it() -> None:
    expected = "sha256$" + hashlib.sha256(b"ada@example.orgpepper").hexdigest()

    assert hashed_email("Ada@Example.org", "pepper") == expected


def test_a_url_is_hashed_as_it_is_written() -> None:
    expected = "sha256$" + hashlib.sha256(b"https://x.org/Aapepper").hexdigest()

    assert hashed_url("https://x.org/Aa", "pepper") == expected


@pytest.mark.parametrize(
    ("identity", "address", "expected"),
    [
        (hashed_email("ada@x.org", "s"), "Ada@X.org", True),
        ("sha256$" + hashlib.sha256(b"Ada@x.orgs").hexdigest(), "Ada@x.org", True),
        ("sha256$" + hashlib.sha256(b"ada@x.orgs").hexdigest().upper(), "ada@x.org", True),
        ("md5$" + hashlib.md5(b"ada@x.orgs").hexdigest(), "ada@x.org", True),  # noqa: S324 - of the standard
        (hashed_email("ada@x.org", "other"), "ada@x.org", False),
        (hashed_email("eve@x.org", "s"), "ada@x.org", False),
        ("sha256$", "ada@x.org", False),
        ("sha256$né", "ada@x.org", False),
        ("sha1$" + "0" * 40, "ada@x.org", False),
        ("ada@x.org", "ada@x.org", False),
        ("", "", False),
    ],
)
def test_an_identity_matches_its_own_address_only(identity: str, address: str, expected: bool) -> None:
    assert matches(identity, "s", address) is expected
