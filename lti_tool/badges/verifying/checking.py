"""Check any badge: what it says, whether it holds, and why not. Nothing is ever written here.

It raises `Problem` when there is nothing to judge, and answers a `Verdict` when there is, however bad the badge may be.
"""

from flask import current_app

from lti_tool.badges.sentences import sentence_of, told
from lti_tool.badges.verifying import problems as problems
from lti_tool.badges.verifying.assertion import judge_assertion
from lti_tool.badges.verifying.at_once import a_place
from lti_tool.badges.verifying.belonging import check_recipient
from lti_tool.badges.verifying.case import Case
from lti_tool.badges.verifying.credential import judge_credential
from lti_tool.badges.verifying.finding import Found, Given, find_awards
from lti_tool.badges.verifying.kinds import Kind
from lti_tool.badges.verifying.outside import Outside
from lti_tool.badges.verifying.reading import Unreadable
from lti_tool.badges.verifying.twofold import check_both_agree
from lti_tool.badges.verifying.verdict import Check, FoundAward, Outcome, Verdict
from lti_tool.errors import Problem
from lti_tool.words import to_say

__all__ = ["Given", "check_badge"]


def check_badge(given: Given, *, recipient: str | None = None, stranger: str | None = None) -> Verdict:
    """The verdict on what was given; `recipient` is an e-mail address that it should belong to, `stranger` the
    neighbourhood of whoever asks without being signed in.

    Where a picture carries two versions, both are checked, and the older one is shown: it is told by its issuer now.
    Raises `Problem` badge_unreadable, badge_unreachable, badge_not_award, or verify_busy.
    """
    outside = Outside(current_app.extensions["settings"], current_app.extensions["badge_fetcher"])
    with a_place(stranger):
        judged = [_judge(found, outside) for found in find_awards(given, outside)]
    checks = [check for case, _ in judged for check in case.checks]
    awards = [award for _, award in judged if award is not None]
    if len(judged) > 1:
        checks.append(check_both_agree(awards))
    if recipient is not None:
        checks.append(check_recipient(awards, recipient))
    if any(case.endorsed for case, _ in judged):
        sentence = to_say("Somebody endorsed this badge. Endorsements are not judged here.")
        checks.append(Check("endorsements", Outcome.NOT_ASKED, sentence))
    complete = len(awards) == len(judged)
    return Verdict(tuple(checks), awards[0] if complete else None, outside.silent)


def _judge(found: Found, outside: Outside) -> tuple[Case, FoundAward | None]:
    judge = judge_credential if found.kind is Kind.CREDENTIAL else judge_assertion
    try:
        return judge(found, outside)
    except Unreadable as unclear:
        raise Problem("badge_unreadable", told(sentence_of(unclear))) from None
