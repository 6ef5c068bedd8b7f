"""Programs of the university: they give badges singly and in bulk, revoke, replace badges, and fetch the export."""

import csv
import io
import itertools
import random
import time
from contextlib import suppress
from typing import Any

import requests

from tests.soak.day.browsing import Caller
from tests.soak.day.ledger import Ledger, Lost, Standing, Thing
from tests.soak.day.university import University

HELD, REVOKED = "held", "revoked"
_IN_BULK = 25
_TRIES, _WAIT = 4, 1.0


class Program:
    """`act` is one call with what belongs to it. Each has recipients of its own."""

    def __init__(self, name: str, caller: Caller, ledger: Ledger, school: University, seed: int) -> None:
        self._name, self._caller, self._ledger, self._school = name, caller, ledger, school
        self._die, self._numbers = random.Random(seed), itertools.count(1)  # noqa: S311 - as the teachers'
        self._known: list[tuple[str, Thing]] = []

    def act(self) -> None:
        weighted = {self._give: 6, self._give_many: 2, self._revoke: 2, self._export: 1}
        self._die.choices(list(weighted), list(weighted.values()))[0]()

    def _give(self) -> None:
        badge, email = self._school.badges["Singly"], self._somebody()
        thing = ("award", badge, email)
        answer = self._surely("POST", "/awards", _to(badge, email), {thing: HELD})
        if answer.status_code == 201:
            self._known.append((str(answer.json()["id"]), thing))

    def _give_many(self) -> None:
        """Answered with 200 all of them were given, or each says why not."""
        badge, emails = self._school.badges["In bulk"], [self._somebody() for _ in range(_IN_BULK)]
        becomes: dict[Thing, Standing] = {("award", badge, email): HELD for email in emails}
        body = {"items": [_to(badge, email) for email in emails]}
        answer = self._surely("POST", "/awards/batch", body, becomes, kind="awards in bulk")
        if answer.status_code == 200 and any(one["error"] for one in answer.json()["items"]):
            self._ledger.say_wrong(f"POST /awards/batch refused {answer.json()['items'][0]['error']}")

    def _revoke(self) -> None:
        if self._known:
            award, thing = self._known.pop(self._die.randrange(len(self._known)))
            self._surely("POST", f"/awards/{award}/revocation", {"reason": "By mistake."}, {thing: REVOKED})

    def _export(self) -> None:
        """Whatever this program was told of before is in the table, each once."""
        before = [thing for thing in self._ledger.things("award") if thing[2].startswith(self._name)]
        sure = {thing[2]: self._ledger.may_stand(thing) for thing in before}
        try:
            answer = self._caller.ask("GET", f"/issuers/{self._school.issuer}/awards.csv")
        except requests.RequestException as fault:
            raise Lost from fault
        if answer.status_code != 200:
            return
        table = list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))
        found = [row["Recipient address"] for row in table]
        for email, standing in sure.items():
            if (number := found.count(email)) != 1 and not (number == 0 and "untouched" in standing):
                self._ledger.say_wrong(f"awards.csv names {email} {number} times; it is {sorted(map(str, standing))}")
        self._ledger.told["awards.csv", "yes"] += 1

    def _surely(
        self, method: str, path: str, body: Any, becomes: dict[Thing, Standing], kind: str = ""
    ) -> requests.Response:  # fmt: skip
        """Two in three programs ask again under the same key until they are answered; the others give up."""
        key, tries = f"{self._name}-{next(self._numbers)}", self._die.choice((1, _TRIES, _TRIES))
        return surely(self._caller, self._ledger, method, path, body, becomes, key=key, tries=tries, kind=kind)

    def _somebody(self) -> str:
        return f"{self._name}-{next(self._numbers)}@recipients.example"


class Replacer:
    """Puts one badge in the place of another, again and again: the new words are those of a source."""

    def __init__(self, caller: Caller, ledger: Ledger, school: University, seed: int) -> None:
        self._caller, self._ledger, self._school = caller, ledger, school
        self._die, self._numbers = random.Random(seed), itertools.count(1)  # noqa: S311 - as the teachers'
        self._awards: dict[str, str] = {}

    def act(self) -> None:
        target, name = self._die.choice(self._school.targets), self._die.choice(sorted(self._school.sources))
        body = {"url": self._award_of(name)}
        try:
            looked = self._caller.ask("POST", f"/badges/{target}/replacement", body)
        except requests.RequestException as fault:
            raise Lost from fault
        if looked.status_code == 201:
            number = next(self._numbers)
            surely(
                self._caller, self._ledger, "POST", f"/badges/{target}/replacement/{looked.json()['token']}", None,
                {("replacement", target): name, ("replaced", target, str(number)): "once"},
                key=f"replacer-{number}", tries=_TRIES,
            )  # fmt: skip

    def _award_of(self, name: str) -> str:
        if name not in self._awards:
            badge, email = self._school.sources[name], "replacer@recipients.example"
            key = f"replacer-source-{name}"
            answer = surely(
                self._caller, self._ledger, "POST", "/awards", _to(badge, email), {("award", badge, email): HELD},
                key=key, tries=_TRIES,
            )  # fmt: skip
            if answer.status_code != 201:
                raise Lost
            self._awards[name] = str(answer.json()["public_url"])
        return self._awards[name]


def surely(
    caller: Caller, ledger: Ledger, method: str, path: str, body: Any, becomes: dict[Thing, Standing], *, key: str,
    tries: int, kind: str = "",
) -> requests.Response:  # fmt: skip
    """Under one key, until there is an answer that is none of the server's own faults. Raises `Lost`."""
    for _ in range(tries):
        with suppress(Lost):
            answer = ledger.act(becomes, lambda: caller.ask(method, path, body, key), as_kind=kind)
            if answer.status_code < 500:
                return answer
        time.sleep(_WAIT)
    raise Lost


def _to(badge: str, email: str) -> dict[str, Any]:
    return {"badge": badge, "recipient": {"email": email}}
