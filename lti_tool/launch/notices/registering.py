"""The job that registers our handler for each notice that a deployment offers, and reads the list back.

One handler per type, on our own address; a platform does not repeat a notice, so what is not registered is not heard.
(Platform Notification Service 1.0; lti-rules 1.15.)
"""

import random
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from flask import current_app
from sqlalchemy import select

from lti_tool import clock
from lti_tool.db import db, transaction
from lti_tool.errors import Entry, catalogue
from lti_tool.jobs import RetryLater
from lti_tool.launch.library import StrictRegistration
from lti_tool.launch.model import Deployment, Registration
from lti_tool.launch.notices.model import NoticeService
from lti_tool.launch.notices.offer import SCOPE
from lti_tool.launch.notices.remembering import ask_to_register
from lti_tool.launch.service_refusals import ServiceRefused
from lti_tool.launch.services import SafeServiceConnector, body_of
from lti_tool.logs import log
from lti_tool.words import to_say

HANDLER = "/lti/notices"
_SHORTEST, _LONGEST = 30.0, 6 * 3600.0
_MOST_LISTED = 200

catalogue(
    {
        "notice_not_kept": Entry(
            502, "The LMS did not keep our address for notices",
            "It took the address without a word, and does not list it.", "the administrator of the LMS",
            "Try again. If it stays, tell the administrator of the LMS that notice handlers are not kept."),
    }
)  # fmt: skip


@dataclass(frozen=True)
class _Service:
    deployment: str
    url: str
    offered: tuple[str, ...]
    connector: SafeServiceConnector


def handler_address() -> str:
    return f"{current_app.extensions['settings'].public_url}{HANDLER}"


def register_handlers(arguments: Mapping[str, Any]) -> None:
    """The job. Raises `RetryLater` while the platform is away; any other refusal is kept for the administrator."""
    service = _service(str(arguments["deployment"]))
    if service is None:
        return
    try:
        listed = _registered(service)
        lacking = [kind for kind in service.offered if listed.get(kind) != handler_address()]
        for kind in lacking:
            _register(service, kind)
        _keep(service, _registered(service) if lacking else listed)
    except ServiceRefused as refused:
        _put_off_or_stop(service, refused)


def sweep_handlers() -> None:
    """What no job was told of, and handlers that were registered under another address of ours. On the schedule."""
    with transaction():
        for one in db.session.scalars(select(NoticeService)).all():
            if one.problem is None and not is_registered(one):
                ask_to_register(one.deployment_id)


def is_registered(service: NoticeService) -> bool:
    """Does the platform have our address of today for all that it offers and we take?"""
    return service.handler == handler_address() and set(service.offered) <= set(service.registered)


def _service(deployment: str) -> _Service | None:
    """None for a deployment or platform that is off, or that offers nothing any more."""
    row = db.session.execute(
        select(NoticeService, Deployment, Registration)
        .join(Deployment, Deployment.id == NoticeService.deployment_id)
        .join(Registration, Registration.id == Deployment.registration_id)
        .where(
            NoticeService.deployment_id == deployment, Deployment.status == "active",
            Registration.switched_off_at.is_(None),
        )
    ).one_or_none()  # fmt: skip
    if row is None:
        return None
    kept, place, registration = row
    connector = SafeServiceConnector(
        StrictRegistration(registration), deployment_id=place.deployment_id, service_url=kept.url
    )
    return _Service(deployment, kept.url, tuple(kept.offered), connector)


def _registered(service: _Service) -> dict[str, str]:
    """{type: handler} as the platform lists them; a type without a handler has an empty one there."""
    body = body_of(service.connector.send("GET", [SCOPE], service.url))
    listed = body.get("notice_handlers") if isinstance(body, dict) else body
    if not isinstance(listed, list):
        raise ServiceRefused("service_answer", to_say("The answer holds no list."))
    return {
        kind: handler
        for one in listed[:_MOST_LISTED]
        if isinstance(one, dict) and isinstance(kind := one.get("notice_type"), str)
        and isinstance(handler := one.get("handler"), str)
    }  # fmt: skip


def _register(service: _Service, kind: str) -> None:
    document = {"notice_type": kind, "handler": handler_address()}
    service.connector.send("PUT", [SCOPE], service.url, document=document)


def _keep(service: _Service, listed: Mapping[str, str]) -> None:
    """Since when each is registered; one that stays so keeps its day."""
    now, address = clock.iso(clock.now()), handler_address()
    with transaction():
        row = db.session.get_one(NoticeService, service.deployment, with_for_update=True, populate_existing=True)
        known = row.registered if row.handler == address else {}
        there = [kind for kind in service.offered if listed.get(kind) == address]
        row.registered = {kind: known.get(kind, now) for kind in there}
        row.handler = address
        row.problem = None if len(there) == len(service.offered) else "notice_not_kept"
        row.problem_said = row.troubled_since = None
    log.info("notice_handlers_registered", deployment=service.deployment, kinds=there)


def _put_off_or_stop(service: _Service, refused: ServiceRefused) -> None:
    log.warning("notice_handlers_refused", deployment=service.deployment, code=refused.code)
    with transaction():
        row = db.session.get_one(NoticeService, service.deployment, with_for_update=True, populate_existing=True)
        row.problem, row.problem_said = refused.code, refused.said or None
        row.troubled_since = (row.troubled_since or clock.now()) if refused.may_pass else None
        since = row.troubled_since
    if since is not None:
        raise RetryLater(_wait(since, refused.wait))


def _wait(since: datetime, asked: float | None) -> float:
    """As long as it has lasted already, never shorter than the LMS asks for, and never the same for all."""
    patience = min(max((clock.now() - since) / timedelta(seconds=1), _SHORTEST), _LONGEST)
    return max(patience * random.uniform(0.75, 1.0), asked or 0.0)  # noqa: S311 - no secret hangs on it


def try_again(deployment: str) -> None:
    """An administrator asks for it. Inside a transaction."""
    row = db.session.get(NoticeService, deployment)
    if row is not None:
        row.problem = row.problem_said = row.troubled_since = None
        ask_to_register(deployment)
