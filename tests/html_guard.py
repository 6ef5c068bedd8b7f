"""Every HTML page that any test sees is valid, has one h1, unique ids, a title, and no inline script or style."""

import re
from hashlib import blake2b
from xml.etree import ElementTree

import html5lib
from flask import Flask, Response, request

_CHANGES_NOTHING = {"/verify"}  # forms that anybody may send from anywhere
_XHTML = "{http://www.w3.org/1999/xhtml}"
# What differs between two pages of one make, and no rule below or of HTML depends on: ids, tokens and ports …
_DRAWN = re.compile("[0-9a-f]{32}|[A-Za-z0-9_.-]{22,}|(?<=localhost:)[0-9]+|(?<=127[.]0[.]0[.]1:)[0-9]+")
# … and plain words, between two tags or in the value of an attribute: no quote, no mark of HTML, no odd character.
_PLAIN = r"\w \n.,:;!?()%+*#@/|~\u2013\u2014\u2018-\u201e\u2026\u00b7\u00d7\u2190-\u2193-"
_WORDS = re.compile(rf"(?<=>)[{_PLAIN}]++(?=<)")
_VALUE = re.compile(rf' (nonce|href|src|value|datetime|title|placeholder|aria-label|data-[a-z-]++)="[{_PLAIN}=]*+"')
_seen_without_fault: set[tuple[bool, bytes]] = set()


def guard_html(app: Flask) -> list[str]:
    """Look at every HTML response of `app`; what is wrong with them is collected in the list that is returned."""
    faults: list[str] = []

    def look(response: Response) -> Response:
        if response.mimetype == "text/html" and not response.is_streamed and request.method != "HEAD":
            text = response.get_data(as_text=True)
            if 300 <= response.status_code < 400 or not text:
                return response
            fragment = request.headers.get("HX-Request") == "true"
            faults.extend(f"{request.method} {request.path}: {fault}" for fault in _new_faults(text, fragment))
        return response

    app.after_request(look)
    return faults


def _new_faults(text: str, fragment: bool) -> list[str]:
    """What is wrong. Reading a page takes longer than making it, and a page made like a good one is as good."""
    kind = fragment, blake2b(make_of(text).encode("utf-8", "surrogatepass"), digest_size=16).digest()
    if kind in _seen_without_fault:
        return []
    faults = fragment_faults(text) if fragment else page_faults(text)
    if not faults:
        _seen_without_fault.add(kind)
    return faults


def make_of(text: str) -> str:
    """The page without what does not matter to its validity: words are one word, values are gone, and what was drawn
    at random is numbered, so that the same id twice is still the same id twice.
    """
    text = _VALUE.sub(r' \1=""', _WORDS.sub(lambda words: "w" if words[0].strip() else words[0], text))
    names: dict[str, str] = {}
    return _DRAWN.sub(lambda drawn: names.setdefault(drawn[0], f"\0{len(names)}\0"), text)


def page_faults(text: str) -> list[str]:
    """What a whole page does wrong."""
    parser = html5lib.HTMLParser(tree=html5lib.getTreeBuilder("etree"))
    document = parser.parse(text)
    faults = [f"HTML: {code} at line {position[0]}" for position, code, _ in parser.errors]
    headings = len(list(document.iter(_XHTML + "h1")))
    if headings != 1:
        faults.append(f"{headings} h1 elements")
    if not (document.findtext(f"{_XHTML}head/{_XHTML}title") or "").strip():
        faults.append("no title")
    if not document.get("lang"):
        faults.append("no language")
    return faults + _shared_faults(document)


def fragment_faults(text: str) -> list[str]:
    """What a fragment for htmx does wrong."""
    parser = html5lib.HTMLParser(tree=html5lib.getTreeBuilder("etree"))
    fragment = parser.parseFragment(text)
    return [f"HTML: {code}" for _, code, _ in parser.errors] + _shared_faults(fragment)


def _shared_faults(tree: ElementTree.Element) -> list[str]:
    faults = []
    ids = [element.get("id") for element in tree.iter() if element.get("id")]
    faults += [f"id {one} occurs twice" for one in sorted({one for one in ids if ids.count(one) > 1})]
    for element in tree.iter():
        if element.get("style") or any(re.fullmatch("on[a-z]+", name) for name in element.keys()):  # noqa: SIM118
            faults.append(f"inline style or handler on {element.tag}")
        if element.tag == _XHTML + "form" and (element.get("method") or "get").lower() == "post":
            names = {field.get("name") for field in element.iter(_XHTML + "input")}
            leaves = (element.get("action") or "").startswith(("https://", "http://"))
            if leaves and "form_token" in names:
                faults.append(f"a form that carries its token away: {element.get('action')}")
            asks = element.get("action") in _CHANGES_NOTHING
            if not leaves and not asks and "form_token" not in names and "iss" not in names:
                faults.append(f"a form without its token: {element.get('action')}")
        if element.tag == _XHTML + "img" and element.get("alt") is None:
            faults.append("a picture without alt")
    return faults
