"""What every form proves before anything is changed, whether somebody comes from an LMS or without one."""

from flask import current_app, request

from lti_tool.digests import same
from lti_tool.errors import Problem


def check_form(token: str, refusal: str) -> None:
    """It comes from one of our own pages (`Origin`), carries this token, and holds nothing that PostgreSQL faults on: a
    NUL, in any value of any field or in what a field is called. (Names of files are cleaned where they are kept.)

    Raises `Problem` with the code `refusal`, or bad_request.
    """
    said = request.form.get("form_token") or request.headers.get("X-Form-Token") or ""
    if request.headers.get("Origin") != current_app.extensions["settings"].origin:
        raise Problem(refusal, facts={"why": "origin"})
    if not same(token, said):
        raise Problem(refusal, facts={"why": "token"})
    if any("\x00" in text for name, values in request.form.lists() for text in (name, *values)):
        raise Problem("bad_request", facts={"why": "nul"})
