"""My addresses: what the school says, what is proven, and proving another. The same page in a visit and at `/home`."""

from flask import redirect, render_template, request
from werkzeug.wrappers import Response

from lti_tool.db import transaction
from lti_tool.mail import is_mail_set_up
from lti_tool.people.access import Permission, needs
from lti_tool.people.addresses import page_url
from lti_tool.people.home.links import LASTS
from lti_tool.people.home.mail import ask_to_prove
from lti_tool.people.home.proving import address_lines, remove_address
from lti_tool.people.visit import current_visit


@needs(Permission.VISIT)
def addresses() -> str:
    """GET /addresses"""
    return _page()


@needs(Permission.VISIT)
def ask() -> str:
    """POST /addresses: a link is mailed; nothing is proven before its button is pressed"""
    with transaction():
        asked = ask_to_prove(request.form.get("email"), person_id=current_visit().person)
    return _page(asked)


@needs(Permission.VISIT)
def remove() -> Response:
    """POST /addresses/removal"""
    with transaction():
        remove_address(current_visit().person, request.form.get("address", ""))
    return redirect(page_url("people_home.addresses"), 303)


def _page(asked: str | None = None) -> str:
    return render_template(
        "home/addresses.html", addresses=address_lines(current_visit().person), mails=is_mail_set_up(), asked=asked,
        lasts=LASTS,
    )  # fmt: skip
