"""A teacher's day: marks complete and takes back, for one and for many, reviews, invites, and takes the table along.

One teacher alone decides about what their learners have completed, so that each knows what must stand.
"""

import csv
import io
import random
from urllib.parse import parse_qs, urlsplit

from tests.soak.day.browsing import Visitor, named_after
from tests.soak.day.ledger import UNTOUCHED, Ledger, Thing
from tests.soak.day.university import Lecture

DONE, OPEN = "complete", "open"
_MOST_INVITED = 45


class Teacher:
    """`come` and one deed at a time, chosen by a die of their own."""

    def __init__(self, lecture: Lecture, visitor: Visitor, ledger: Ledger, seed: int) -> None:
        self._lecture, self._visitor, self._ledger = lecture, visitor, ledger
        self._die, self._invited = random.Random(seed), 0  # noqa: S311 - the same day again with the same seed

    def act(self) -> None:
        weighted = {
            self._mark_one: 6, self._mark_many: 2, self._review: 8, self._invite: 2, self._take_table: 1,
            self._visitor.come: 1,
        }  # fmt: skip
        self._die.choices(list(weighted), list(weighted.values()))[0]()

    def _mark_one(self) -> None:
        member, objective = self._somebody(), self._die.choice(self._lecture.marked)
        thing = completion(objective, member)
        verb, becomes = ("take-back", OPEN) if self._ledger.is_sure(thing, DONE) else ("complete", DONE)
        self._visitor.act(f"progress/{member}/{objective}/{verb}", {}, {thing: becomes})

    def _mark_many(self) -> None:
        members = self._die.sample(sorted(self._lecture.learners.values()), 12)
        objective = self._die.choice(self._lecture.marked)
        done = {completion(objective, member): DONE for member in members}
        undone = {thing: OPEN for thing in done if self._surely_open(thing)}
        is_known = all(thing in undone or self._ledger.is_sure(thing, DONE) for thing in done)
        fields = {"objective": objective, "member": members}
        answer = self._visitor.act("progress/complete-many", fields, done, kind="many completions")
        if answer.status_code == 303 and undone and is_known and self._die.random() < 0.3:
            [at] = parse_qs(urlsplit(answer.headers["Location"]).query)["many"]
            self._visitor.act("progress/undo-many", {"objective": objective, "at": at}, undone, kind="many undone")

    def _surely_open(self, thing: Thing) -> bool:
        return DONE not in self._ledger.may_stand(thing)

    def _review(self) -> None:
        answer = self._visitor.ask("review/next", {})
        submission = named_after("/review/", answer)
        while answer.status_code == 303 and submission:
            verdict = self._die.choices(("accept", "return"), (5, 1))[0]
            answer = self._visitor.act(
                f"review/{submission}/decide", {"do": verdict, "reason": "One more sentence, please."},
                {("decision", submission): {"accept": "accepted", "return": "returned"}[verdict]},
            )  # fmt: skip
            submission = named_after("/review/", answer)

    def _invite(self) -> None:
        if self._invited < _MOST_INVITED:
            self._invited += 1
            email = f"{self._lecture.key}-guest-{self._invited}@guests.example"
            self._visitor.act("staff/invitations", {"email": email, "role": "teacher"}, {("invitation", email): "sent"})

    def _take_table(self) -> None:
        """The table is whole, and says what this teacher knows."""
        answer = self._visitor.get("progress.csv")
        if answer.status_code != 200:
            return
        table = io.StringIO(answer.content.decode("utf-8-sig"))
        by_mail = {row["E-mail"]: row for row in csv.DictReader(table)}
        for name, member in self._lecture.learners.items():
            row = by_mail.get(f"{name}@learners.example")
            if row is None:
                self._ledger.say_wrong(f"progress.csv of {self._lecture.key} came without {name}")
                continue
            for number, objective in enumerate(self._lecture.marked):
                stands = self._ledger.may_stand(completion(objective, member))
                known = {OPEN if one == UNTOUCHED else one for one in stands}
                said = DONE if row[f"{self._lecture.key} {number}"] == "complete" else OPEN
                if said not in known:
                    self._ledger.say_wrong(f"progress.csv: {name}, objective {number}: {said}, not {known}")
        self._ledger.told["progress.csv", "yes"] += 1

    def _somebody(self) -> str:
        return self._die.choice(sorted(self._lecture.learners.values()))


def completion(objective: str, member: str) -> Thing:
    return ("completion", objective, member)
