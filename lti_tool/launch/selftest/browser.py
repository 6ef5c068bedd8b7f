"""A browser of the self-test: cookies of its own, one page at a time, and never off this installation's address."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urldefrag, urlencode, urljoin, urlsplit

from lxml import html

from lti_tool.fetch import Answer, Fetcher, Limits
from lti_tool.launch.kept_words import Sentence
from lti_tool.launch.selftest.record import Mismatch, Trace
from lti_tool.words import to_say

_LIMITS = Limits(connect=5.0, read=30.0, total=40.0, size=4 * 1024 * 1024)
_HOPS = 5
_NO_FORM = Sentence(to_say("no form for %(action)s on %(page)s"))
_NO_FORM_WITH = Sentence(to_say("no form with %(field)s on %(page)s"))
_NO_BUTTON = Sentence(to_say("no button for %(action)s beside %(words)s on %(page)s"))
_THE_PAGE = Sentence(to_say("the page “%(heading)s” (status %(status)s)"))
_VISIT = re.compile(r"/v/[0-9a-f]+")
_RUN = re.compile(r"/lti/self-test/[A-Za-z0-9_-]+")


@dataclass(frozen=True)
class Form:
    """One form with the fields that a browser would send."""

    action: str
    fields: Mapping[str, str]


@dataclass(frozen=True)
class Page:
    """What came back, read as a reader would. `code` is that of a refusal, `wait` how many seconds it asks for."""

    url: str
    status: int
    location: str
    is_html: bool
    heading: str
    code: str
    words: str
    body: bytes = field(repr=False)
    wait: int = 0

    def form(self, action: str) -> Form:
        """The form whose action ends so. Raises `Mismatch`."""
        for form in self.forms():
            if urlsplit(form.action).path.endswith(action):
                return form
        raise Mismatch(_NO_FORM(action=action, page=self._said()))

    def form_with(self, field: str) -> Form:
        """The form that has this field. Raises `Mismatch`."""
        for form in self.forms():
            if field in form.fields:
                return form
        raise Mismatch(_NO_FORM_WITH(field=field, page=self._said()))

    def forms(self) -> list[Form]:
        return [_form(self.url, one) for one in self._document().iter("form")] if self.is_html else []

    def values(self, field: str) -> list[str]:
        """What can be chosen in the field of this name."""
        named = self._document().iter("input") if self.is_html else ()
        return [str(one.get("value", "")) for one in named if one.get("name") == field]

    def button_beside(self, words: str, action: str) -> str:
        """Where the button in the row with these words leads, whose address ends so. Raises `Mismatch`."""
        for row in self._document().iter("tr") if self.is_html else ():
            for button in row.iter("button"):
                leads: str = urljoin(self.url, button.get("formaction") or "")
                if words in _text(row) and urlsplit(leads).path.endswith(action):
                    return leads
        raise Mismatch(_NO_BUTTON(action=action, words=words, page=self._said()))

    def _document(self) -> Any:  # lxml's own stubs are not sure of it
        return html.document_fromstring(self.body)

    def _said(self) -> str:
        return _THE_PAGE(heading=self.heading, status=f"{self.status}, {self.code}" if self.code else self.status)


@dataclass
class Browser:
    """`origin` is this installation's own; nothing else is ever asked."""

    fetcher: Fetcher
    origin: str
    trace: Trace
    cookies: dict[tuple[str, str], str] = field(default_factory=dict)

    def get(self, url: str) -> Page:
        return self._go("GET", url, None)

    def post(self, url: str, fields: Mapping[str, str] | Sequence[tuple[str, str]], origin: str | None = None) -> Page:
        pairs = list(fields.items()) if isinstance(fields, Mapping) else list(fields)
        return self._go("POST", url, urlencode(pairs).encode(), origin or self.origin)

    def submit(self, page: Page, action: str, **filled: str) -> Page:
        """Fill in the form whose action ends with `action`, and send it."""
        form = page.form(action)
        return self.post(form.action, {**form.fields, **filled})

    def holds(self, cookie: str) -> bool:
        return any(name == cookie for name, _ in self.cookies)

    def _go(self, method: str, url: str, data: bytes | None, origin: str = "") -> Page:
        """One request and the redirects that stay with us; one that leads elsewhere is the answer."""
        url = urljoin(self.origin + "/", url)
        for _ in range(_HOPS):
            page = self._ask(method, url, data, origin)
            onward = urldefrag(urljoin(url, page.location)).url if page.location else ""
            if not onward or not self._is_here(onward):
                return page
            method, url, data = "GET", onward, None
        raise Mismatch(to_say("the tool redirects in a circle"))

    def _ask(self, method: str, url: str, data: bytes | None, origin: str) -> Page:
        path = urlsplit(url).path
        headers = {"Accept": "text/html", "Sec-Fetch-Dest": "document"}
        carried = "; ".join(f"{name}={value}" for (name, where), value in self.cookies.items() if _covers(where, path))
        if carried:
            headers["Cookie"] = carried
        if method == "GET":
            answer = self.fetcher.get(url, headers=headers, limits=_LIMITS, as_it_is=True)
        else:
            headers |= {"Content-Type": "application/x-www-form-urlencoded", "Origin": origin}
            answer = self.fetcher.post(url, headers=headers, data=data, limits=_LIMITS, as_it_is=True)
        for line in answer.cookies:
            self._keep(line)
        page = read_page(url, answer)
        self.trace.note(f"{method} {shown(url)}", status=page.status, code=page.code, to=shown(page.location))
        return page

    def _is_here(self, url: str) -> bool:
        """Ours, and not an address of the temporary platform's, where a browser is never sent by us."""
        parts = urlsplit(url)
        return f"{parts.scheme}://{parts.netloc}" == self.origin and not _RUN.match(parts.path)

    def _keep(self, line: str) -> None:
        pair, *attributes = (part.strip() for part in line.split(";"))
        name, _, value = pair.partition("=")
        said = {one.partition("=")[0].lower(): one.partition("=")[2] for one in attributes}
        key = (name, said.get("path", "/"))
        if said.get("max-age") == "0" or not value:
            self.cookies.pop(key, None)
        else:
            self.cookies[key] = value


def read_page(url: str, answer: Answer) -> Page:
    is_html = answer.headers.get("Content-Type", "").startswith("text/html") and bool(answer.body.strip())
    location = answer.headers.get("Location", "") if 300 <= answer.status < 400 else ""
    if not is_html:
        return Page(url, answer.status, location, False, "", "", "", answer.body)
    said = answer.headers.get("Retry-After", "")
    document = html.document_fromstring(answer.body)
    headings, codes = document.findall(".//h1"), document.findall(".//details//code")
    return Page(
        url, answer.status, location, True, _text(headings[0]) if headings else "",
        _text(codes[0]) if codes and answer.status >= 400 else "", _text(document), answer.body,
        int(said) if said.isdecimal() and len(said) < 6 else 0,
    )  # fmt: skip


def shown(url: str) -> str:
    """An address as evidence may show it: no query, no visit, no run."""
    parts = urlsplit(url)
    path = _RUN.sub("/lti/self-test/…", _VISIT.sub("/v/…", parts.path))
    return path or ("/" if parts.netloc else "")


def _form(url: str, form: html.HtmlElement) -> Form:
    fields = {str(name): str(value) for name, value in form.form_values() if name}
    for area in form.iter("textarea"):  # a line break at its very start is none of its text (HTML, section 13.1.2.5)
        fields[str(area.get("name"))] = (area.text or "").removeprefix("\r").removeprefix("\n")
    return Form(urljoin(url, form.get("action") or ""), fields)


def _covers(where: str, path: str) -> bool:
    return path == where or path.startswith(where if where.endswith("/") else where + "/")


def _text(element: html.HtmlElement) -> str:
    words: str = element.text_content()
    return " ".join(words.split())
