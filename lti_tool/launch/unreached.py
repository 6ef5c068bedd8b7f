"""That an address gave no answer, in a sentence that can be kept: where it was, and why."""

from lti_tool.fetch import FetchProblem
from lti_tool.launch.kept_words import Sentence
from lti_tool.words import to_say

_NO_ANSWER = Sentence(to_say("%(where)s: %(reason)s."))
_REASON = Sentence(to_say("%(reason)s (%(kind)s)"), kind="[a-z_]+")  # as the fetcher words it


def no_answer(where: str, problem: FetchProblem) -> str:
    return _NO_ANSWER(where=where, reason=problem.reason)
