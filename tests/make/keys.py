"""Issuers with keys, and the ways in which they can lack them."""

from sqlalchemy import delete

from lti_tool.badges.signing.keys import ensure_keys, rotate_issuer_keys
from lti_tool.badges.signing.model import IssuerKey
from lti_tool.db import db, transaction


def make_keys(issuer: str) -> None:
    """The keys that an issuer gets with its first award."""
    with transaction():
        ensure_keys(issuer)


def make_rotation(issuer: str, *, at_once: bool = False) -> None:
    with transaction():
        rotate_issuer_keys(issuer, at_once=at_once)


def without_keys(issuer: str) -> None:
    """As it was before issuers had keys."""
    with transaction():
        db.session.execute(delete(IssuerKey).where(IssuerKey.issuer_id == issuer))
