"""Platforms: registered by an administrator, found again by what a login says, their deployments learned."""

from collections.abc import Callable
from dataclasses import dataclass, fields
from datetime import datetime
from urllib.parse import urlsplit

from flask import current_app
from flask_babel import gettext as _
from sqlalchemy import select

from lti_tool.badges.issuers import create_issuer
from lti_tool.db import db
from lti_tool.errors import Entry, Problem, catalogue
from lti_tool.fetch import Fetcher, FetchProblem
from lti_tool.launch.kept_words import said_kept
from lti_tool.launch.keys import make_key
from lti_tool.launch.model import Deployment, Registration
from lti_tool.launch.unreached import no_answer
from lti_tool.people.model import Organization
from lti_tool.people.names import clean_text
from lti_tool.people.organizations import create_organization
from lti_tool.words import to_say

catalogue(
    {
        "platform_known": Entry(
            409, "This platform is registered already", "A registration is never overwritten.",
            "you", "List the platforms, and switch the old registration off if a new one shall take its place.",
        ),
        "platform_address": Entry(
            422, "This address cannot be used", "A platform's addresses are public https addresses.",
            "you", "Correct the address; name a host of your own network in PRIVATE_HOSTS.",
        ),
    }
)  # fmt: skip


@dataclass(frozen=True)
class PlatformWords:
    """What an administrator says of a platform, or it says of itself. Without an `organization` it gets its own."""

    issuer: str
    client_id: str
    auth_url: str
    token_url: str
    jwks_url: str
    deployments: tuple[str, ...] = ()
    token_audience: str | None = None
    name: str | None = None
    organization: str | None = None
    profile: str = "default"
    granted_scopes: tuple[str, ...] | None = None


@dataclass(frozen=True)
class RegistrationFacts:
    """A registration as one launch needs it: who the platform is, and where its endpoints lie."""

    id: str
    organization_id: str
    issuer: str
    client_id: str
    auth_url: str
    token_url: str
    jwks_url: str
    token_audience: str | None
    profile: str
    switched_off_at: datetime | None
    clock_skew: int | None
    launched_at: datetime | None


REGISTRATION_FACTS = tuple(Registration.__table__.c[one.name] for one in fields(RegistrationFacts))


def add_platform(words: PlatformWords, *, give_key: Callable[[str], object] = make_key) -> Registration:
    """Register a platform, with its organization and first issuer, both named after it and editable, unless it joins
    an organization that is there. `give_key` gives the registration its key.

    Raises `Problem` platform_known, platform_address, not_found or bad_request.
    """
    _check(words)
    if registration_for(words.issuer, words.client_id) is not None:
        raise Problem("platform_known")
    name = clean_text(words.name) or urlsplit(words.issuer).hostname or words.issuer[:200]
    granted = None if words.granted_scopes is None else list(words.granted_scopes)
    registration = Registration(
        organization_id=_organization(words, name), name=name, issuer=words.issuer, client_id=words.client_id,
        auth_url=words.auth_url, token_url=words.token_url, jwks_url=words.jwks_url,
        token_audience=words.token_audience, profile=words.profile, granted_scopes=granted,
    )  # fmt: skip
    db.session.add(registration)
    db.session.flush()
    for deployment in dict.fromkeys(words.deployments):
        db.session.add(Deployment(registration_id=registration.id, deployment_id=deployment))
    give_key(registration.id)
    return registration


def registration_for(issuer: str, client_id: str) -> Registration | None:
    return db.session.scalar(
        select(Registration).where(Registration.issuer == issuer, Registration.client_id == client_id)
    )


def registrations_of(issuer: str) -> list[Registration]:
    return list(db.session.scalars(select(Registration).where(Registration.issuer == issuer).limit(2)))


def all_platforms() -> list[Registration]:
    return list(db.session.scalars(select(Registration).order_by(Registration.created_at)))


def known_platform(registration_id: str) -> Registration:
    """Raises `Problem` not_found."""
    found = db.session.get(Registration, registration_id)
    if found is None:
        raise Problem("not_found", to_say("There is no such registration."))
    return found


def settle_deployment(registration_id: str, deployment_id: str) -> Deployment:
    """The deployment that a launch names. The first one of a platform registered without any is taken at its word;
    later unknown ones wait for an administrator. The caller looks at `status`.
    """
    known = _deployment(registration_id, deployment_id)
    if known is not None:
        return known
    # Of two that come first at the same moment, the second sees the first.
    db.session.execute(select(Registration.id).where(Registration.id == registration_id).with_for_update()).all()
    others = select(Deployment.id).where(Deployment.registration_id == registration_id).limit(1)
    first = db.session.scalar(others) is None
    learned = Deployment(
        registration_id=registration_id, deployment_id=deployment_id, status="active" if first else "pending"
    )
    db.session.add(learned)
    db.session.flush()
    return learned


def approve_deployment(registration_id: str, deployment_id: str) -> Deployment:
    """Let a waiting deployment in, or name one before its first launch."""
    known_platform(registration_id)
    _check_deployment(deployment_id)
    deployment = _deployment(registration_id, deployment_id)
    if deployment is None:
        deployment = Deployment(registration_id=registration_id, deployment_id=deployment_id)
        db.session.add(deployment)
    deployment.status = "active"
    db.session.flush()
    return deployment


def _organization(words: PlatformWords, name: str) -> str:
    """The organization that is named, or a new one with its first issuer."""
    if words.organization is not None:
        if db.session.get(Organization, words.organization) is None:
            raise Problem("not_found", to_say("There is no such organization."))
        return words.organization
    made = create_organization(name=name)
    settings = current_app.extensions["settings"]
    create_issuer(organization=made.id, name=name, url=_home(words.issuer), email=settings.contact_email)
    return made.id


def _deployment(registration_id: str, deployment_id: str) -> Deployment | None:
    return db.session.scalar(
        select(Deployment).where(
            Deployment.registration_id == registration_id, Deployment.deployment_id == deployment_id
        )
    )


def _check(words: PlatformWords) -> None:
    fetcher: Fetcher = current_app.extensions["fetcher"]
    if not words.client_id or len(words.client_id) > 255 or not words.issuer or len(words.issuer) > 2000:
        raise Problem("bad_request", to_say("A platform needs an issuer and a client id."))
    for deployment in words.deployments:
        _check_deployment(deployment)
    for url in (words.auth_url, words.token_url, words.jwks_url):
        if len(url) > 2000:
            raise Problem("platform_address", _("Too long: %(address)s", address=_shown(url)))
        try:
            fetcher.may_reach(url)
        except FetchProblem as refused:
            raise Problem("platform_address", said_kept(no_answer(_shown(url), refused))) from None


def _check_deployment(deployment_id: str) -> None:
    if not 0 < len(deployment_id) <= 255:
        raise Problem("bad_request", to_say("A deployment id has 1 to 255 characters."))


def _shown(url: str) -> str:
    return url.split("?", 1)[0][:200]


def _home(issuer: str) -> str:
    """Issuer profiles need a web address; most LTI issuers are one."""
    parts = urlsplit(issuer)
    if parts.scheme in ("http", "https") and parts.hostname:
        return issuer
    return str(current_app.extensions["settings"].public_url)
