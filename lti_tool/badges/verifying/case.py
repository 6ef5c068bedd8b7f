"""One badge before the judge: what has been found out so far, and whom to ask for more."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from lti_tool import clock
from lti_tool.badges.sentences import Sentence, in_a_row, sentence_of
from lti_tool.badges.verifying.members import mentions
from lti_tool.badges.verifying.outside import JSON, NotReached, Outside
from lti_tool.badges.verifying.reading import Document, Unreadable, read_json
from lti_tool.badges.verifying.verdict import Check, Outcome, Standard
from lti_tool.fetch import Answer
from lti_tool.words import to_say

LEEWAY = timedelta(seconds=60)  # decision 17
_FAULTS_TOLD = 5


@dataclass
class Case:
    """The checks in the order in which they were made. `wrong` gathers what is wrong with the shape of the badge;
    `endorsed`: somebody else praises it or its issuer.
    """

    outside: Outside
    standard: Standard
    now: datetime = field(default_factory=clock.now)
    checks: list[Check] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)
    endorsed: bool = False

    def passed(self, name: str, reason: str) -> None:
        self._note(name, Outcome.PASSED, reason)

    def failed(self, name: str, reason: str) -> None:
        self._note(name, Outcome.FAILED, reason)

    def warned(self, name: str, reason: str) -> None:
        self._note(name, Outcome.WARNING, reason)

    def not_asked(self, name: str, reason: str) -> None:
        self._note(name, Outcome.NOT_ASKED, reason)

    def look_for_endorsements(self, *documents: Document) -> None:
        self.endorsed |= any(mentions(one, "endorsement", "endorsementJwt") for one in documents)

    def _note(self, name: str, outcome: Outcome, reason: str) -> None:
        self.checks.append(Check(name, outcome, reason, self.standard))

    def document(self, url: str, what: str) -> Document:
        """The JSON at `url`. Raises `NotReached` with a whole sentence."""
        answer = self.answer(url, what)
        if answer.status != 200:
            raise NotReached(not_answered(what, answer.status))
        try:
            return read_json(answer.body)
        except Unreadable as unclear:
            text = to_say("%(what)s cannot be read. %(why)s")
            raise NotReached(Sentence(text, what=what, why=sentence_of(unclear))) from None

    def answer(self, url: str, what: str, accept: str = JSON) -> Answer:
        """Whatever is at `url`. Raises `NotReached` with a whole sentence."""
        try:
            return self.outside.ask(url, accept)
        except NotReached as why:
            text = to_say("%(what)s cannot be had from its address: %(why)s.")
            raise NotReached(Sentence(text, what=what, why=sentence_of(why))) from None

    def settle_shape(self) -> None:
        """The check of the shape, when every part has been looked at."""
        if self.wrong:
            told = [*dict.fromkeys(self.wrong[:_FAULTS_TOLD])]
            if len(self.wrong) > _FAULTS_TOLD:
                told.append(Sentence(to_say("There are %(count)s more faults."), count=len(self.wrong) - _FAULTS_TOLD))
            self.failed("shape", in_a_row(told))
        else:
            self.passed("shape", to_say("Everything that the standard asks for is there and has the right form."))

    def check_dates(self, begins: datetime | None, ends: datetime | None) -> None:
        """Open Badges 2.0, Assertion, and Verifiable Credentials 2.0, section 4.9."""
        if begins is not None and begins > self.now + LEEWAY:
            self.failed("dates", to_say("The award is dated in the future."))
        elif ends is not None and begins is not None and ends < begins:
            self.failed("dates", to_say("The award ends before it begins."))
        elif ends is not None and ends < self.now - LEEWAY:
            text = to_say("The award ended on %(day)s: it has expired.")
            self.failed("dates", Sentence(text, day=f"{ends:%Y-%m-%d}"))
        elif begins is None:
            self.failed("dates", to_say("The award does not say when it was made."))
        else:
            self.passed("dates", to_say("The award has begun and has not ended."))


def not_answered(what: str, status: int) -> Sentence:
    """That an address answers something else than what was looked for."""
    return Sentence(to_say("%(what)s cannot be had from its address: it answers %(status)s."), what=what, status=status)
