"""What a person does with a page: press the button, or follow the link, with these words on it."""

import re
from typing import Any
from urllib.parse import urljoin
from xml.etree.ElementTree import Element

import requests

from tests.make.lms import Browser, fields_of
from tests.make.page import parsed

_X = "{http://www.w3.org/1999/xhtml}"
_A_LOOK = 600
_ROWS = {_X + "tr", _X + "li", _X + "section"}


def press(
    browser: Browser, page: requests.Response, button: str, *, beside: str = "", **fields: Any
) -> requests.Response:
    """Press the first button that says `button`, in the row that also says `beside`, with its form filled in."""
    document = parsed(page.text)
    for form in document.iter(_X + "form"):
        for found in form.iter(_X + "button"):
            if said(found) == button and (not beside or _is_beside(form, found, beside)):
                address = urljoin(page.url, found.get("formaction") or form.get("action") or "")
                own = {found.get("name"): found.get("value", "")} if found.get("name") else {}
                return _send(browser, address, form, {**own, **fields})
    raise AssertionError(
        f"No button “{button}” on {page.url}, {page.status_code}: {buttons(page)}\n{said(document)[:_A_LOOK]}"
    )


def follow(
    browser: Browser, page: requests.Response, link: str, *, beside: str = "", **kwargs: Any
) -> requests.Response:
    """Follow the first link whose words begin with `link`, in the row that also says `beside`."""
    document = parsed(page.text)
    for found in document.iter(_X + "a"):
        if said(found).startswith(link) and (not beside or _is_beside(document, found, beside)):
            return browser.get(urljoin(page.url, found.get("href") or ""), **kwargs)
    raise AssertionError(f"No link “{link}” on {page.url}: {[said(one) for one in document.iter(_X + 'a')]}")


def buttons(page: requests.Response) -> list[str]:
    """What the buttons of a page say, but for the choice of colours in every page's foot."""
    found = [said(one) for one in parsed(page.text).iter(_X + "button")]
    return [one for one in found if one not in ("Light", "Dark", "Same as device")]


def heading(page: requests.Response) -> str:
    """The one h1 of a page."""
    [found] = parsed(page.text).iter(_X + "h1")
    return said(found)


def rows(page: requests.Response, table: str) -> list[list[str]]:
    """The cells of the body of the table with this class, as a reader sees them."""
    [found] = [one for one in parsed(page.text).iter(_X + "table") if table in (one.get("class") or "").split()]
    return [
        [said(cell) for cell in row if cell.tag in (_X + "td", _X + "th")]
        for body in found.iter(_X + "tbody")
        for row in body.iter(_X + "tr")
    ]


def said(element: Element) -> str:
    """The words of an element, in one line."""
    return re.sub(r"\s+", " ", "".join(element.itertext())).strip()


def _is_beside(tree: Element, found: Element, words: str) -> bool:
    holders = [one for one in tree.iter() if one.tag in _ROWS and any(part is found for part in one.iter())]
    return bool(holders) and words in said(holders[-1])


def _send(browser: Browser, address: str, form: Element, fields: dict[str, Any]) -> requests.Response:
    files = fields.pop("files", None)
    filled = {**fields_of(form), **fields}
    if (form.get("method") or "get").lower() == "get":
        return browser.get(address, params=filled)
    return browser.post(address, {name: value for name, value in filled.items() if value is not None}, files=files)
