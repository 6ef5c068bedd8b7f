"""My data: what is kept about whoever is here, and all of it as a file. The same page in a visit and at `/home`."""

from flask import Response, render_template

from lti_tool.people.access import Permission, needs
from lti_tool.people.privacy.keeping import Whose
from lti_tool.people.privacy.pages import file_of
from lti_tool.people.privacy.whose import kept_of, whose
from lti_tool.people.visit import current_visit


@needs(Permission.VISIT)
def my_data() -> str:
    """GET /my-data"""
    return render_template("home/my_data.html", kept=[line for line in kept_of(_own()) if line.count])


@needs(Permission.VISIT)
def my_file() -> Response:
    """GET /my-data.zip"""
    return file_of(_own())


def _own() -> Whose:
    """Whoever looks through somebody else's account, or as a student, never comes to this page: the door is closed."""
    return whose(current_visit().person)
