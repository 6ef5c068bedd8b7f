"""The page where anybody checks a badge: no login, no cookie; nothing that is given here is kept."""

from flask import current_app, render_template, request
from flask.typing import ResponseReturnValue

from lti_tool.badges.verifying.checking import check_badge
from lti_tool.badges.verifying.forms import VerifyForm
from lti_tool.badges.verifying.picture import for_one_look
from lti_tool.badges.verifying.verdict import Check, FoundBadge, Outcome, Verdict
from lti_tool.errors import Problem
from lti_tool.limits import neighbourhood
from lti_tool.people.access import Permission, needs


@needs(Permission.PUBLIC)
def verify() -> ResponseReturnValue:
    """GET /verify shows the form, filled in by `?url=`; POST /verify checks, and changes nothing"""
    form = VerifyForm()
    if request.method != "POST":
        form.text.data = request.args.get("url", "")[:4000]
        return _page(form)
    if not form.validate():
        return _page(form), 422
    try:
        verdict = check_badge(form.given, recipient=form.address, stranger=neighbourhood())
    except Problem as refused:
        return _page(form, refused=refused), refused.status, refused.headers
    against = [check for check in verdict.checks if check.outcome is Outcome.FAILED]
    return _page(form, verdict=verdict, against=against, groups=_by_standard(verdict), picture=_picture(verdict))


def _page(form: VerifyForm, **shown: object) -> str:
    """The address that somebody asked about is not written back: the next person at this screen need not see it."""
    form.recipient.data = ""
    here = f"{current_app.extensions['settings'].public_url}/verify"
    return render_template("badges/verifying/verify.html", form=form, verify=here, **shown)


def _by_standard(verdict: Verdict) -> list[tuple[str | None, list[Check]]]:
    """A picture may carry two versions of an award, each with checks of its own; last what is asked of both."""
    standards = dict.fromkeys(check.standard for check in verdict.checks if check.standard)
    groups = [(one.value, [check for check in verdict.checks if check.standard is one]) for one in standards]
    of_both = [check for check in verdict.checks if check.standard is None]
    return [*groups, (None, of_both)] if of_both else [*groups]


def _picture(verdict: Verdict) -> str | None:
    """The badge's picture inside the page itself: nobody hears that it was looked at."""
    badge: FoundBadge | None = verdict.award.badge if verdict.award else None
    return for_one_look(badge.picture, current_app.extensions["settings"]) if badge and badge.picture else None
