"""A table of recipients on its way in. Which way round its dates are written follows whoever brings it."""

from lti_tool.badges.awarding.batches import Upload
from lti_tool.people.visit import current_visit
from lti_tool.table import upload

_MONTH_FIRST = ("en_US", "en-US")


def table_sent() -> Upload:
    """Raises `Problem` table_refused."""
    sent = upload.table_sent()
    return Upload(sent.data, sent.file_name, current_visit().locale in _MONTH_FIRST)
