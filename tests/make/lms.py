"""A campus: the tool and the sandbox LMS on real ports, connected, and browsers that walk through both."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.cookiejar import DefaultCookiePolicy
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urljoin, urlsplit
from xml.etree.ElementTree import Element

import requests
from flask import Flask
from requests.cookies import get_cookie_header

from lti_tool import jobs
from lti_tool.app import create_app
from lti_tool.db import transaction
from lti_tool.launch.platforms import PlatformWords, add_platform
from lti_tool.sandbox.app import create_sandbox
from lti_tool.sandbox.platform import Platform
from lti_tool.sandbox.settings import SandboxSettings
from lti_tool.settings import Settings
from tests.html_guard import guard_html
from tests.make.inside import inside
from tests.make.page import parsed
from tests.make.serving import free_port, serving

_X = "{http://www.w3.org/1999/xhtml}"


class _Session(requests.Session):
    """Sends Secure cookies to http://localhost too, as browsers do; requests asks its own policy at every step."""

    def prepare_request(self, request: requests.Request) -> requests.PreparedRequest:
        prepared = super().prepare_request(request)
        header = get_cookie_header(self.cookies, prepared)
        if header and "Cookie" not in prepared.headers:
            prepared.headers["Cookie"] = header
        return prepared


@dataclass
class Browser:
    """A browser with its own cookies. `in_frame` says what `Sec-Fetch-Dest` it sends on its way."""

    tool_url: str
    in_frame: bool = False
    keeps_cookies: bool = True
    session: requests.Session = field(default_factory=_Session)

    def __post_init__(self) -> None:
        domains = None if self.keeps_cookies else []
        policy = DefaultCookiePolicy(secure_protocols=("http", "https"), allowed_domains=domains)
        self.session.cookies.set_policy(policy)

    def get(self, url: str, **kwargs: Any) -> requests.Response:
        return self._follow("GET", urljoin(self.tool_url, url), **kwargs)

    def post(self, url: str, data: dict[str, Any], **kwargs: Any) -> requests.Response:
        headers = {"Origin": self.tool_url, **kwargs.pop("headers", {})}
        return self._follow("POST", urljoin(self.tool_url, url), data=data, headers=headers, **kwargs)

    def _follow(self, method: str, url: str, *, allow_redirects: bool = True, **kwargs: Any) -> requests.Response:
        destination = "iframe" if self.in_frame else "document"
        headers = {"Sec-Fetch-Dest": destination, "Accept": "text/html", **kwargs.pop("headers", {})}
        answer = self.session.request(method, url, headers=headers, timeout=60, allow_redirects=False, **kwargs)
        if allow_redirects and answer.is_redirect:
            return self._follow("GET", urljoin(url, answer.headers["Location"]))
        return answer

    def submit(self, page: requests.Response, action: str, **fields: Any) -> requests.Response:
        """Fill in the form of `page` whose action ends with `action`, and press its button."""
        for form in all_forms(page):
            if urlsplit(form.action).path.endswith(action):
                files = fields.pop("files", None)
                return self.post(urljoin(page.url, form.action), {**form.fields, **fields}, files=files)
        raise AssertionError(f"No form for {action} on {page.url}: {[form.action for form in forms(page)]}")

    def close(self) -> None:
        self.session.close()


@dataclass(frozen=True)
class Form:
    action: str
    fields: dict[str, str]


def forms(page: requests.Response) -> list[Form]:
    """The forms of a page with the values that a browser would send, but for the choice of colours in every foot."""
    return [form for form in all_forms(page) if not form.action.endswith("/looks")]


def all_forms(page: requests.Response) -> list[Form]:
    document = parsed(page.text)
    return [Form(form.get("action") or page.url, fields_of(form)) for form in document.iter(_X + "form")]


def fields_of(form: Element) -> dict[str, str]:
    """What a browser would send of one form, but for its buttons."""
    fields = {
        one.get("name", ""): one.get("value") or ("on" if one.get("type") == "checkbox" else "")
        for one in form.iter(_X + "input")
        if one.get("name") and (one.get("type") not in ("checkbox", "radio") or one.get("checked") is not None)
    }
    fields |= {one.get("name", ""): "".join(one.itertext()) for one in form.iter(_X + "textarea")}
    for one in form.iter(_X + "select"):
        options = list(one.iter(_X + "option"))
        chosen = [option for option in options if option.get("selected") is not None] or options[:1]
        fields |= {one.get("name", ""): (option.get("value") or "") for option in chosen}
    fields.pop("picture", None)
    return fields


def words(page: requests.Response) -> str:
    """What a reader sees of a page, in one line."""
    body = parsed(page.text).find(_X + "body")
    return re.sub(r"\s+", " ", " ".join(body.itertext())).strip()


@dataclass
class Campus:
    """The tool's application and the LMS beside it."""

    app: Flask
    url: str
    lms: Platform
    registration: str
    organization: str

    def browser(self, **kwargs: Any) -> Browser:
        return Browser(self.url, **kwargs)

    def begin(self, browser: Browser, params: dict[str, str]) -> dict[str, str]:
        """Login at the tool; answers what the tool sent to the platform."""
        answer = browser.post("/lti/login", params, allow_redirects=False)
        while answer.is_redirect and not answer.headers["Location"].startswith(self.lms.settings.url):
            answer = browser.get(answer.headers["Location"], allow_redirects=False)
        assert answer.is_redirect, f"{answer.status_code}: {words(answer)}"
        query = parse_qs(urlsplit(answer.headers["Location"]).query, keep_blank_values=True)
        return {name: values[0] for name, values in query.items()}

    def authorize(self, browser: Browser, asked: dict[str, str]) -> dict[str, str]:
        """The LMS's answer to an authentication request: the fields that it posts to the tool."""
        page = browser.session.get(self.lms.settings.auth_url, params=asked, timeout=30)
        [form] = forms(page)
        return form.fields

    def open(
        self, course: str, person: str, placement: str = "menu", browser: Browser | None = None
    ) -> tuple[Browser, requests.Response]:
        """Open the tool from the course as a person; answers the browser and the page it arrives at."""
        browser = browser or self.browser()
        asked = self.begin(browser, self.lms.login_request(course, person, placement))
        return browser, browser.post(
            "/lti/launch", self.authorize(browser, asked), headers={"Origin": self.lms.settings.url}
        )

    def do_jobs(self) -> None:
        """Do every job that is due, in this thread."""
        jobs.drain(self.app)


def connect(lms_url: str) -> tuple[str, str]:
    """Register the sandbox by the administrator's own action. Answers the ids of registration and organization."""
    with transaction():
        row = add_platform(
            PlatformWords(
                issuer=lms_url, client_id="spaces-sandbox", auth_url=f"{lms_url}/auth", name="Sandbox LMS",
                token_url=f"{lms_url}/token", jwks_url=f"{lms_url}/jwks.json", deployments=("1",),
            )
        )  # fmt: skip
        return row.id, row.organization_id


@contextmanager
def campus(database_url: str, folder: Path, learners: int = 30, **options: Any) -> Iterator[Campus]:
    """Start both on free ports and connect them."""
    port, lms_port = free_port(), free_port()
    url, lms_url = f"http://localhost:{port}", f"http://127.0.0.1:{lms_port}"
    settings = Settings(
        data_dir=folder, database_url=database_url, public_url=url, private_hosts=frozenset({"127.0.0.1"}),
        private_badge_hosts=frozenset({"127.0.0.1"}), log_level="CRITICAL", **options,
    )  # fmt: skip
    app = create_app(settings)
    faults = guard_html(app)
    sandbox = create_sandbox(SandboxSettings(url=lms_url, tool_url=url, learners=learners))
    with inside(app), serving(app, port), serving(sandbox, lms_port):
        yield Campus(app, url, sandbox.extensions["sandbox"], *connect(lms_url))
    assert not faults, "\n".join(faults)
