"""Signing in at `/home` by a mailed link, and out again."""

from flask import redirect, render_template, request
from flask.typing import ResponseReturnValue
from werkzeug.wrappers import Response

from lti_tool.db import transaction
from lti_tool.errors import Problem
from lti_tool.mail import is_mail_set_up
from lti_tool.people.access import Permission, needs
from lti_tool.people.addresses import HOME
from lti_tool.people.home.coming import come_in, take_proof
from lti_tool.people.home.links import LASTS, standing_link
from lti_tool.people.home.mail import ask_to_sign_in, page_at_home
from lti_tool.people.home.proving import addressee, addressees_of
from lti_tool.people.home.session import begin_home, end_home, end_homes_of
from lti_tool.people.visit import current_visit, visit_or_none

_SIGN_IN = "/home/sign-in"


@needs(Permission.PUBLIC)
def sign_in() -> ResponseReturnValue:
    """GET /home/sign-in?to="""
    wanted = page_at_home(request.args.get("to"))
    if visit_or_none() is not None:
        return redirect(wanted or HOME, 303)
    return render_template("home/sign_in.html", mails=is_mail_set_up(), wanted=wanted)


@needs(Permission.PUBLIC)
def ask() -> str:
    """POST /home/sign-in: the answer is the same for every address"""
    if not is_mail_set_up():
        raise Problem("mail_not_set_up")
    with transaction():
        ask_to_sign_in(request.form.get("email"), wanted=request.form.get("to"))
    return render_template("home/asked.html", lasts=LASTS)


@needs(Permission.PUBLIC)
def link(secret: str) -> str:
    """GET /home/sign-in/<secret>: a button for each school that knows the address; mail scanners press none"""
    found = standing_link(secret, "sign_in")
    addressees = addressees_of(found.address) if found else []
    return render_template("home/link.html", secret=secret, addressees=addressees)


@needs(Permission.PUBLIC)
def use(secret: str) -> Response:
    """POST /home/sign-in/<secret>, `person` where several schools know the address"""
    with transaction():
        coming = come_in(secret, chosen=request.form.get("person"))
    begin_home(coming.person, by=coming.by)
    return redirect(coming.to, 303)


@needs(Permission.VISIT)
def sign_out() -> Response:
    """POST /home/sign-out, `everywhere` or here"""
    if request.form.get("everywhere"):
        with transaction():
            end_homes_of(current_visit().person)
    end_home()
    return redirect(f"{_SIGN_IN}?out=1", 303)


@needs(Permission.PUBLIC)
def proof(secret: str) -> str:
    """GET /home/prove/<secret>: who asks to have this address; a mail scanner that looks gives it to nobody"""
    found = standing_link(secret, "prove")
    asked = addressee(found.person) if found else None
    return render_template("home/prove.html", secret=secret, link=found, asked=asked)


@needs(Permission.PUBLIC)
def prove(secret: str) -> str:
    """POST /home/prove/<secret>"""
    with transaction():
        take_proof(secret)
    return render_template("home/proven.html")
