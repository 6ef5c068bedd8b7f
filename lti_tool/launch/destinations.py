"""Where a launch leads once its visit is open, and what is kept beside the visit for that page."""

from sqlalchemy import Connection

from lti_tool.launch.claims import Launch, read_launch
from lti_tool.launch.deep_linking.answering import keep_request
from lti_tool.launch.deep_linking.opening import page_of_link
from lti_tool.launch.messages import Message
from lti_tool.launch.privacy import page_of_request
from lti_tool.launch.reviewing import page_of_review
from lti_tool.launch.token import read_token
from lti_tool.launch.visits import Opened


def prepare(launch: Launch, opened: Opened, connection: Connection) -> None:
    """Keep what the visit's first page needs, in the transaction that begins the visit."""
    if launch.picking is not None:
        keep_request(opened.id, launch.picking, connection)


def destination(launch: Launch, opened: Opened) -> str:
    """The address in the visit that this launch opens. It is the same however often it is asked."""
    return opened.path + _page(launch, opened.id)


def destination_again(token: str, opened: Opened) -> str:
    """The same for a POST that came before: its token was checked then, and its hash says that it is that very one."""
    return destination(read_launch(read_token(token).claims), opened)


def _page(launch: Launch, visit_id: str) -> str:
    match launch.message:
        case Message.DEEP_LINKING:
            return "pick"
        case Message.SUBMISSION_REVIEW:
            return page_of_review(launch, visit_id)
        case Message.DATA_PRIVACY:
            return page_of_request(launch)
        case _:
            return page_of_link(launch, visit_id)
