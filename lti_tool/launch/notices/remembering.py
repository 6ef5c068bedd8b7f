"""What a launch offers of notices is kept with its deployment, and our handlers are registered there by a job."""


from lti_tool import clock
from lti_tool.db import db, insert_into
from lti_tool.jobs import enqueue
from lti_tool.launch.claims import Launch
from lti_tool.launch.known import Known
from lti_tool.launch.notices.model import NoticeService

REGISTER = "notices.register"


def is_offer_known(launch: Launch, known: Known) -> bool:
    """Is what this launch offers kept already? One that offers nothing says nothing: other messages may."""
    return launch.notices is None or known.offer == (launch.notices.url, launch.notices.types)


def remember_offer(launch: Launch, known: Known) -> None:
    """Inside the transaction in which somebody arrives. What is offered anew is registered anew."""
    if launch.notices is None or is_offer_known(launch, known):
        return
    said = {"url": launch.notices.url, "offered": list(launch.notices.types), "told_at": clock.now()}
    again = {**said, "problem": None, "problem_said": None, "troubled_since": None}
    fresh = insert_into(NoticeService).values(deployment_id=known.deployment, registered={}, **said)
    db.session.execute(fresh.on_conflict_do_update(index_elements=["deployment_id"], set_=again))
    ask_to_register(known.deployment)


def ask_to_register(deployment: str) -> None:
    """Inside a transaction."""
    enqueue(REGISTER, {"deployment": deployment}, key=f"{REGISTER}:{deployment}")
