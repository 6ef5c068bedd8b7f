"""Somebody's browser in a visit, and a program with a token: both keep what they were told in the ledger."""

import re
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

import requests

from tests.make.lms import Browser
from tests.soak.day.ledger import Ledger, Lost, Standing, Thing
from tests.soak.day.university import University

_TOKEN = re.compile(r'name="form_token" value="([^"]+)"')
_SECONDS = 60


@dataclass(frozen=True)
class Fault:
    """A 500 that somebody saw."""

    at: float
    where: str
    reference: str


@dataclass
class Witness:
    """Sees every answer of the tool. What it counts is told at the end; every 500 is named."""

    statuses: dict[int, int] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)

    def look(self, answer: requests.Response, *_: Any, **__: Any) -> None:
        self.statuses[answer.status_code] = self.statuses.get(answer.status_code, 0) + 1
        if answer.status_code == 500:
            path = re.sub(r"[0-9A-Za-z_-]{20,}", "…", urlsplit(answer.url).path)
            found = re.search(r'"reference": ?"(\w+)"|<code[^>]*>(\w{6})</code>', answer.text)
            reference = next(filter(None, found.groups()), "?") if found else "?"
            self.faults.append(Fault(time.time(), f"{answer.request.method} {path}", reference))


@dataclass
class Visitor:
    """Comes by a launch, and again whenever the door is shut: a visit may be over."""

    school: University
    ledger: Ledger
    witness: Witness
    course: str
    person: str

    def __post_init__(self) -> None:
        self._browser: Browser | None = None
        self._path = self._token = ""

    def come(self) -> None:
        """A launch from the course, as far as the first page. Raises `Lost` where it did not get so far."""
        self.leave()
        asked, browser = time.time(), self.school.campus.browser()
        browser.session.hooks["response"].append(self.witness.look)
        try:
            _, page = self.school.campus.open(self.course, self.person, browser=browser)
        except (requests.RequestException, AssertionError, ValueError) as fault:
            browser.close()
            raise Lost from fault
        found = _TOKEN.search(page.text)
        if page.status_code != 200 or found is None:
            browser.close()
            raise Lost
        self._browser, self._path, self._token = browser, page.url.partition("?")[0].rstrip("/"), found[1]
        self.ledger.note(("arrival", self.course, self.person), "here", since=asked)

    def leave(self) -> None:
        if self._browser is not None:
            self._browser.close()
            self._browser = None

    def get(self, page: str) -> requests.Response:
        """Raises `Lost` without a whole answer."""
        try:
            return self._inside().session.get(
                f"{self._path}/{page}", timeout=_SECONDS, headers={"Accept": "text/html"}, allow_redirects=False
            )
        except requests.RequestException as fault:
            raise Lost from fault

    def act(
        self, page: str, fields: Mapping[str, Any], becomes: dict[Thing, Standing], *, files: Any = None, kind: str = ""
    ) -> requests.Response:  # fmt: skip
        """A button, which decides these things."""
        browser = self._inside()
        answer = self.ledger.act(becomes, lambda: self._post(browser, page, fields, files), as_kind=kind)
        self._mind(answer)
        return answer

    def ask(self, page: str, fields: Mapping[str, Any], *, files: Any = None) -> requests.Response:
        """A button that decides nothing that the day keeps account of."""
        try:
            answer = self._post(self._inside(), page, fields, files)
        except requests.RequestException as fault:
            raise Lost from fault
        self._mind(answer)
        return answer

    def _inside(self) -> Browser:
        if self._browser is None:
            self.come()
        assert self._browser is not None
        return self._browser

    def _mind(self, answer: requests.Response) -> None:
        if answer.status_code in (401, 403):
            self.leave()

    def _post(self, browser: Browser, page: str, fields: Mapping[str, Any], files: Any) -> requests.Response:
        said = {"form_token": self._token, **fields}
        return browser.post(f"{self._path}/{page}", said, files=files, allow_redirects=False)


@dataclass
class Caller:
    """A program of the university's that talks to the API."""

    school: University
    ledger: Ledger
    witness: Witness

    def __post_init__(self) -> None:
        self._session = requests.Session()
        self._session.headers["Authorization"] = f"Bearer {self.school.token}"
        self._session.hooks["response"].append(self.witness.look)

    def ask(self, method: str, path: str, json: Any = None, key: str = "") -> requests.Response:
        headers = {"Idempotency-Key": key} if key else {}
        url = f"{self.school.url}/api/v1{path}"
        return self._session.request(method, url, json=json, headers=headers, timeout=_SECONDS)


def named_after(place: str, answer: requests.Response) -> str:
    """What stands behind `place` in the address that an answer leads to; nothing where it leads elsewhere."""
    _, found, name = urlsplit(answer.headers.get("Location", "")).path.rpartition(place)
    return name if found else ""
