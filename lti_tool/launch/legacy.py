"""LTI 1.1 ids: who somebody was before the platform moved to LTI 1.3 (decisions 6 and 32).

An old id is linked when its signature verifies with the secret of a consumer that an administrator named here, or when
an administrator says so. Everything else waits. Nobody is ever merged by it, and an id has one owner.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from cryptography.fernet import InvalidToken
from sqlalchemy import Connection, Row, insert, select, update

from lti_tool import clock
from lti_tool.db import db, new_id
from lti_tool.errors import Entry, Problem, catalogue
from lti_tool.launch.claims import Launch
from lti_tool.launch.legacy_claim import LegacyId, is_signed
from lti_tool.launch.model import Identity, LegacyConsumer, LegacyLink
from lti_tool.launch.platforms import RegistrationFacts, known_platform
from lti_tool.people.audit import name_deeds, note
from lti_tool.people.model import Person
from lti_tool.sealing import seal, unseal
from lti_tool.words import to_say

catalogue(
    {
        "legacy_consumer_known": Entry(
            409, "This consumer key is here already", "The platform has a consumer with this key.",
            "you", "Remove the old one first if its secret has changed.",
        ),
    }
)  # fmt: skip
name_deeds(
    {
        "legacy.linked": to_say("An LTI 1.1 id was linked: its signature is good"),
        "legacy.waits": to_say("An LTI 1.1 id waits for an administrator"),
    }
)

_SECRET_LENGTH = 1000


@dataclass(frozen=True)
class WaitingLink:
    """An old id that nobody has vouched for: the person whose launch brought it, and when it first came."""

    id: str
    legacy_user_id: str
    person: str
    person_name: str | None
    sub: str
    created_at: datetime


@dataclass(frozen=True)
class ConsumerLine:
    """A consumer whose secret is known here; the secret itself is never shown again."""

    id: str
    consumer_key: str
    created_at: datetime


def is_settled(launch: Launch, registration: RegistrationFacts, connection: Connection) -> bool:
    """Is there nothing to write of this launch's old id?"""
    return launch.legacy is None or launch.masked or _news(launch, launch.legacy, registration, connection) is None


def settle_legacy(launch: Launch, registration: RegistrationFacts, connection: Connection) -> None:
    """Link the old id, or let it wait. Inside the transaction in which the person arrives."""
    if launch.legacy is None or launch.masked:
        return
    news = _news(launch, launch.legacy, registration, connection)
    if news is None:
        return
    now = clock.now()
    identity = select(Identity.id).where(Identity.registration_id == registration.id, Identity.sub == launch.sub)
    values: dict[str, Any] = {
        "identity_id": connection.scalar(identity), "status": "linked" if news.signed else "waiting",
        "is_signed": news.signed, "decided_at": now if news.signed else None,
    }  # fmt: skip
    if news.link is None:
        named = {"id": new_id(), "registration_id": registration.id, "created_at": now}
        connection.execute(insert(LegacyLink).values(**named, legacy_user_id=launch.legacy.user_id, **values))
    else:
        connection.execute(update(LegacyLink).where(LegacyLink.id == news.link).values(**values))
    note(
        "legacy.linked" if news.signed else "legacy.waits", actor_kind="launch", subject=registration.id,
        facts={"signature": news.signature},
    )  # fmt: skip


def add_consumer(registration_id: str, *, key: str, secret: str) -> LegacyConsumer:
    """Name the LTI 1.1 consumer that a platform used before. Raises `Problem`: not_found, bad_request, …_known."""
    known_platform(registration_id)
    if not 0 < len(key) <= 255 or not key.isprintable() or not 0 < len(secret) <= _SECRET_LENGTH:
        raise Problem("bad_request", to_say("A consumer needs its key and its secret."))
    if _consumer(registration_id, key, db.session.connection()) is not None:
        raise Problem("legacy_consumer_known")
    consumer = LegacyConsumer(
        registration_id=registration_id, consumer_key=key, sealed_secret=seal(secret.encode("utf-8", "replace"))
    )
    db.session.add(consumer)
    db.session.flush()
    return consumer


def remove_consumer(consumer_id: str) -> None:
    """Forget a consumer's secret. What it vouched for stays linked. Raises `Problem` not_found."""
    consumer = db.session.get(LegacyConsumer, consumer_id)
    if consumer is None:
        raise Problem("not_found")
    db.session.delete(consumer)


def consumers_of(registration_id: str) -> Sequence[ConsumerLine]:
    query = select(LegacyConsumer.id, LegacyConsumer.consumer_key, LegacyConsumer.created_at)
    query = query.where(LegacyConsumer.registration_id == registration_id).order_by(LegacyConsumer.created_at)
    return [ConsumerLine(*row) for row in db.session.execute(query)]


def waiting_links(registration_id: str, limit: int = 200) -> Sequence[WaitingLink]:
    """Old ids that wait for an administrator, the oldest first."""
    query = (
        select(
            LegacyLink.id, LegacyLink.legacy_user_id, Identity.person_id, Person.name, Identity.sub,
            LegacyLink.created_at,
        )
        .join(Identity, Identity.id == LegacyLink.identity_id)
        .join(Person, Person.id == Identity.person_id)
        .where(LegacyLink.registration_id == registration_id, LegacyLink.status == "waiting")
        .order_by(LegacyLink.created_at, LegacyLink.id)
        .limit(limit)
    )  # fmt: skip
    return [WaitingLink(*row) for row in db.session.execute(query)]


def decide_link(link_id: str, *, linked: bool) -> LegacyLink:
    """An administrator's word on an old id; it can be taken back by the other word. Raises `Problem` not_found."""
    link = db.session.get(LegacyLink, link_id, with_for_update=True, populate_existing=True)
    if link is None:
        raise Problem("not_found")
    link.status, link.decided_at = "linked" if linked else "refused", clock.now()
    db.session.flush()
    return link


@dataclass(frozen=True)
class _News:
    """What is to be written: a new link, or another word on the one that is there. `signature` is for the audit log."""

    link: str | None
    signed: bool
    signature: str


def _news(launch: Launch, legacy: LegacyId, registration: RegistrationFacts, connection: Connection) -> _News | None:
    """An old id that is linked belongs to its owner, whatever another one claims; and so it is for its owner where an
    administrator refused it. One that waits, or was refused to somebody else, yields to a signature.
    """
    found = _link(launch, registration, connection)
    if found is not None and (found.status == "linked" or (found.status == "refused" and found.sub == launch.sub)):
        return None
    signature = _signature(launch, legacy, registration, connection)
    if found is not None and signature != "good":
        return None
    return _News(found.id if found else None, signature == "good", signature)


def _link(launch: Launch, registration: RegistrationFacts, connection: Connection) -> Row[str, str, str] | None:
    old = launch.legacy.user_id if launch.legacy else ""
    return connection.execute(
        select(LegacyLink.id, LegacyLink.status, Identity.sub)
        .join(Identity, Identity.id == LegacyLink.identity_id)
        .where(LegacyLink.registration_id == registration.id, LegacyLink.legacy_user_id == old)
    ).one_or_none()


def _signature(launch: Launch, legacy: LegacyId, registration: RegistrationFacts, connection: Connection) -> str:
    """none, unknown_consumer, unreadable_consumer, wrong or good."""
    if legacy.consumer_key is None or legacy.signature is None:
        return "none"
    sealed = _consumer(registration.id, legacy.consumer_key, connection)
    if sealed is None:
        return "unknown_consumer"
    try:
        secret = unseal(sealed)
    except InvalidToken:  # sealed under a SECRET_KEY that is gone: an administrator names the consumer again
        return "unreadable_consumer"
    good = is_signed(
        legacy, secret=secret, deployment_id=launch.deployment_id, issuer=registration.issuer,
        client_id=registration.client_id, nonce=launch.nonce,
    )  # fmt: skip
    return "good" if good else "wrong"


def _consumer(registration_id: str, key: str, connection: Connection) -> str | None:
    return connection.scalar(
        select(LegacyConsumer.sealed_secret).where(
            LegacyConsumer.registration_id == registration_id, LegacyConsumer.consumer_key == key
        )
    )
