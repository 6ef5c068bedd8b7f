"""What the console shows of notices: per deployment which are registered, which came last, and what is wrong."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select

from lti_tool.db import db
from lti_tool.errors import CATALOGUE, Entry
from lti_tool.launch.model import Deployment
from lti_tool.launch.notices.model import Notice, NoticeService
from lti_tool.launch.notices.offer import COPY, HELLO
from lti_tool.launch.notices.registering import handler_address
from lti_tool.words import to_say

_TITLES = {HELLO: to_say("Greeting"), COPY: to_say("A course was copied")}


@dataclass(frozen=True)
class KindLine:
    """One kind of notice that the deployment offers. `since`: registered since then; `came`: the last one received."""

    title: str
    since: datetime | None
    came: datetime | None


@dataclass(frozen=True)
class ServiceLine:
    """The notices of one deployment. `problem` is why one is not registered, `said` the LMS's own words; `tries`: it is
    tried again without anybody's doing.
    """

    id: str
    deployment_id: str
    kinds: list[KindLine]
    problem: Entry | None
    said: str | None
    tries: bool

    @property
    def waits(self) -> bool:
        """Is it simply not done yet?"""
        return self.problem is None and any(kind.since is None for kind in self.kinds)


def notice_lines(registration_id: str) -> list[ServiceLine]:
    """The deployments of a platform that offer notices, the oldest first."""
    rows = db.session.execute(
        select(NoticeService, Deployment.deployment_id)
        .join(Deployment, Deployment.id == NoticeService.deployment_id)
        .where(Deployment.registration_id == registration_id)
        .order_by(Deployment.created_at, Deployment.id)
    ).all()
    came = _came(registration_id)
    return [_line(row.NoticeService, row.deployment_id, came) for row in rows]


def _came(registration_id: str) -> dict[tuple[str, str], datetime]:
    newest = select(Notice.deployment_id, Notice.kind, func.max(Notice.received_at)).where(
        Notice.registration_id == registration_id
    )
    grouped = db.session.execute(newest.group_by(Notice.deployment_id, Notice.kind))
    return {(deployment, kind): at for deployment, kind, at in grouped}


def _line(service: NoticeService, named: str, came: Mapping[tuple[str, str], datetime]) -> ServiceLine:
    registered = service.registered if service.handler == handler_address() else {}
    kinds = [
        KindLine(
            _TITLES.get(kind, kind), datetime.fromisoformat(registered[kind]) if kind in registered else None,
            came.get((service.deployment_id, kind)),
        )
        for kind in service.offered
    ]  # fmt: skip
    problem = CATALOGUE.get(service.problem) if service.problem else None
    tries = service.troubled_since is not None
    return ServiceLine(service.deployment_id, named, kinds, problem, service.problem_said, tries)
