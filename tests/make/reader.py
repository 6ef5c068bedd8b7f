"""Somebody who reads a page: follows links and presses buttons by what stands on them."""

from dataclasses import dataclass, field
from io import BytesIO
from typing import Any
from urllib.parse import urlencode, urljoin

from flask.testing import FlaskClient
from lxml import html
from werkzeug.test import TestResponse

_ORIGIN = "http://localhost:8000"
_ACCEPT = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"  # what every browser says


@dataclass
class Reader:
    """A browser without scripts. `answer` is the page that is open."""

    client: FlaskClient
    path: str = field(init=False, default="/")
    answer: TestResponse = field(init=False)

    def open(self, path: str) -> "Reader":
        self.answer = self.client.get(path, headers={"Accept": _ACCEPT}, follow_redirects=True)
        self.path = self.answer.request.path
        return self

    def follow(self, words: str) -> "Reader":
        """Click on the link that says so."""
        links = [one for one in self.page.iter("a") if _words(one) == words]
        assert links, f"No link says {words!r}: {[_words(one) for one in self.page.iter('a')]}"
        return self.open(urljoin(self.path, str(links[0].get("href"))))

    def press(self, words: str, **fields: Any) -> "Reader":
        """Fill in the fields of the form with this button, and press it. Bytes are a chosen file."""
        form = self.form_of(words)
        assert fields.keys() <= set(form.fields), (fields.keys(), list(form.fields))
        said: dict[str, Any] = {name: value for name, value in form.form_values() if name not in fields}
        button = next(one for one in form.iter("button") if _words(one) == words)
        said |= {button.get("name"): button.get("value", "")} if button.get("name") else {}
        said |= {name: (BytesIO(one), "badge.png") if isinstance(one, bytes) else one for name, one in fields.items()}
        address = urljoin(self.path, button.get("formaction") or form.action or "")
        if form.method == "GET":
            return self.open(f"{address}?{urlencode(said)}")
        self.answer = self.client.post(
            address, data=said, headers={"Origin": _ORIGIN, "Accept": _ACCEPT},
            follow_redirects=True,
            content_type=form.get("enctype") or "application/x-www-form-urlencoded",
        )  # fmt: skip
        self.path = self.answer.request.path
        return self

    def form_of(self, words: str) -> Any:
        forms = [one for one in self.page.forms if any(_words(button) == words for button in one.iter("button"))]
        assert forms, f"No button says {words!r}."
        return forms[0]

    @property
    def page(self) -> Any:
        return html.fromstring(self.answer.get_data())

    @property
    def says(self) -> str:
        """What stands on the page, without its marks."""
        return _words(self.page.find("body"))

    @property
    def tabs(self) -> list[str]:
        bars = "//nav[@aria-label='This badge' or @aria-label='This issuer']//a"
        return [_words(one) for one in self.page.xpath(bars)]


def _words(element: Any) -> str:
    return " ".join(element.text_content().split())
