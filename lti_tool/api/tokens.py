"""Tokens: made by the operator for one organization, shown once, kept as a hash, and over after some days."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, delete, select

from lti_tool import clock
from lti_tool.api.model import ApiToken, GivenAnswer
from lti_tool.db import db, transaction
from lti_tool.digests import digest, fresh_secret
from lti_tool.errors import Problem
from lti_tool.people.model import Organization
from lti_tool.people.organizations import all_organizations

_BEGINS = "spaces_"  # so that whoever scans for secrets knows one
_ANSWERS_KEPT = timedelta(hours=24)
_TOKENS_SHOWN = timedelta(days=30)


@dataclass(frozen=True)
class Holder:
    """What a request may do by its token."""

    token: str
    organization: str
    read_only: bool


@dataclass(frozen=True)
class TokenLine:
    """One token as the operator sees it; the token itself is nowhere."""

    id: str
    organization: str
    organization_name: str
    read_only: bool
    created_at: datetime
    expires_at: datetime

    @property
    def is_over(self) -> bool:
        return self.expires_at <= clock.now()


def create_token(*, organization: str | None, read_only: bool = False, days: int) -> tuple[str, datetime]:
    """A new token and when it expires. Without `organization` it belongs to the only one there is."""
    secret, expires = _BEGINS + fresh_secret(), clock.now() + timedelta(days=days)
    token = ApiToken(
        organization_id=_organization(organization), token_hash=digest(secret), read_only=read_only, expires_at=expires
    )
    db.session.add(token)
    db.session.flush()
    return secret, expires


def revoke_token(token_id: str) -> None:
    """The token is over now. Once it is over this changes nothing. Raises `Problem` not_found."""
    token = db.session.get(ApiToken, token_id)
    if token is None:
        raise Problem("not_found", "There is no such token.")
    token.expires_at = min(token.expires_at, clock.now())


def all_tokens() -> list[TokenLine]:
    """Every token that is kept, the newest last; those that are over stay in the list for a month."""
    query = (
        select(
            ApiToken.id, ApiToken.organization_id, Organization.name, ApiToken.read_only, ApiToken.created_at,
            ApiToken.expires_at,
        )
        .join(Organization, Organization.id == ApiToken.organization_id)
        .order_by(ApiToken.created_at, ApiToken.id)
    )  # fmt: skip
    return [TokenLine(*row) for row in db.session.execute(query)]


def holder_of(secret: str) -> Holder | None:
    """Whose token this is, while it is valid."""
    found = db.session.execute(
        select(ApiToken.id, ApiToken.organization_id, ApiToken.read_only).where(
            ApiToken.token_hash == digest(secret), ApiToken.expires_at > clock.now()
        )
    ).one_or_none()
    return Holder(*found) if found else None


def sweep_tokens() -> None:
    """Forget answers a day old and tokens that were over for a month. Runs on the schedule."""
    now = clock.now()
    over = select(ApiToken.id).where(ApiToken.expires_at < now - _TOKENS_SHOWN)
    with transaction():
        for statement in (
            delete(GivenAnswer).where(answers_over()),
            delete(GivenAnswer).where(GivenAnswer.token_id.in_(over)),
            delete(ApiToken).where(ApiToken.expires_at < now - _TOKENS_SHOWN),
        ):
            db.session.execute(statement.execution_options(synchronize_session=False))


def answers_over() -> ColumnElement[bool]:
    return GivenAnswer.created_at < clock.now() - _ANSWERS_KEPT


def _organization(asked: str | None) -> str:
    known = {one.id: one.name for one in all_organizations()}
    if asked is not None:
        if asked not in known:
            raise Problem("not_found", f"There is no organization {asked}.{_choice(known)}")
        return asked
    if len(known) != 1:
        why = "There are several organizations." if known else "There is no organization yet: add a platform first."
        raise Problem("bad_request", why + _choice(known))
    return next(iter(known))


def _choice(known: dict[str, str]) -> str:
    lines = "".join(f"\n  --organization {identity}  {name}" for identity, name in known.items())
    return f" Choose one of these:{lines}" if lines else ""
