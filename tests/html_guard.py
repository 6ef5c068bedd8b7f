"""Every HTML page that any test sees is valid, has one h1, unique ids, a title, and no inline script or style."""

import re
from xml.etree import ElementTree

import html5lib
from flask import Flask, Response, request

_CHANGES_NOTHING = {"/verify"}  # forms that anybody may send from anywhere
_XHTML = "{http://www.w3.org/1999/xhtml}"
_DRAWN = re.compile("[0-9a-f]{32}|[A-Za-z0-9_.-]{40,}")  # ids and tokens: no markup, and other ones in every test
_seen_without_fault: set[tuple[bool, str]] = set()


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
    """What is wrong. Reading a page takes longer than making it: one that differs from a good one in nothing but what
    was drawn at random, each in the same places, is as good.
    """
    names: dict[str, str] = {}
    kind = fragment, _DRAWN.sub(lambda drawn: names.setdefault(drawn[0], f"\0{len(names)}\0"), text)
    if kind in _seen_without_fault:
        return []
    faults = fragment_faults(text) if fragment else page_faults(text)
    if not faults:
        _seen_without_fault.add(kind)
    return faults


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
