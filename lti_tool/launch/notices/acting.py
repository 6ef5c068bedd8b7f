"""The job behind a notice: what it says is done, once in effect."""

from collections.abc import Mapping
from typing import Any

from lti_tool import clock
from lti_tool.db import db, transaction
from lti_tool.launch.copies.noting import Copied, note
from lti_tool.launch.notices.model import Notice
from lti_tool.launch.notices.offer import COPY


def work(arguments: Mapping[str, Any]) -> None:
    """A course was copied: its origin is noted, also before anybody has opened the tool there. Any other notice only
    says that notices come.
    """
    with transaction():
        notice = db.session.get(Notice, str(arguments["notice"]))
        if notice is None or notice.done_at is not None:
            return
        if notice.kind == COPY and notice.context_id is not None:
            note(Copied(notice.deployment_id, notice.context_id), "notice", notice.origins)
        notice.done_at = clock.now()
