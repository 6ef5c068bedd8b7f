"""Awards in SVG pictures: the same promises as for PNG, in XML."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from lti_tool.badges.openbadge.baking import bake_svg, split_svg
from lti_tool.badges.openbadge.png import PictureError
from lti_tool.badges.openbadge.svg import ForbiddenInSvgError
from lti_tool.badges.openbadge.unbaking import read_svg

SVG = b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"> <rect width="9" height="9"/>tail</svg>'
PARTS = split_svg(SVG)
URL = "https://x.org/award"
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(st.characters()) | st.sampled_from(["]]>", "<![CDATA[", "\\"]),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(st.characters()), inner, max_size=4),
    max_leaves=8,
)


@given(document=st.dictionaries(st.text(st.characters()), JSON, max_size=4), ascii_only=st.booleans())
@settings(max_examples=100, deadline=None)
def test_any_json_that_is_baked_is_read_back(document: dict[str, object], ascii_only: bool) -> None:
    document = {**document, "id": URL}
    text = json.dumps(document, ensure_ascii=ascii_only)

    assert json.loads(read_svg(bake_svg(PARTS, text, URL))["openbadges"]) == document


def test_the_award_is_the_first_child_with_its_namespace_declared_on_itself() -> None:
    baked = bake_svg(PARTS, '{"id":"x"}', URL + "?a=1&b=<>\"'")

    assert baked.startswith(
        b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9">'
        b'<openbadges:assertion xmlns:openbadges="http://openbadges.org" verify="'
    )
    first = etree.fromstring(baked)[0]
    assert first.tag == "{http://openbadges.org}assertion"
    assert first.get("verify") == URL + "?a=1&b=<>\"'"
    assert first.text == '{"id":"x"}'


def test_the_drawing_itself_stays_as_it_was() -> None:
    baked = etree.fromstring(bake_svg(PARTS, "{}", URL))
    baked.remove(baked[0])

    rest = etree.tostring(baked)
    assert b'<rect width="9" height="9"/>tail</svg>' in rest


@pytest.mark.parametrize(
    "earlier",
    [
        b'<openbadges:assertion xmlns:openbadges="http://openbadges.org" verify="u">old</openbadges:assertion>',
        b'<b:credential xmlns:b="https://purl.imsglobal.org/ob/v3p0">old</b:credential>',
        b'<g><assertion xmlns="http://openbadges.org"><x/></assertion></g>',
    ],
)
def test_baking_again_replaces_what_was_baked_before(earlier: bytes) -> None:
    parts = split_svg(SVG.replace(b"<rect", earlier + b"kept <rect"))

    again = bake_svg(parts, '{"new":1}', URL)

    assert read_svg(again) == {"openbadges": '{"new":1}'}
    assert b"old" not in again
    assert b"kept <rect" in again


def test_a_drawing_without_children_can_be_baked() -> None:
    baked = bake_svg(split_svg(b'<svg xmlns="http://www.w3.org/2000/svg"/>'), "{}", URL)

    assert read_svg(baked) == {"openbadges": "{}"}


@pytest.mark.parametrize(
    ("element", "expected"),
    [
        (
            b'<ob:assertion xmlns:ob="http://openbadges.org" verify="u">{"id":"u"}</ob:assertion>',
            {"openbadges": '{"id":"u"}'},
        ),
        (b'<assertion xmlns="http://openbadges.org" verify="a.b.c"/>', {"openbadges": "a.b.c"}),
        (
            b'<z:credential xmlns:z="https://purl.imsglobal.org/ob/v3p0" verify="a.b.c"/>',
            {"openbadgecredential": "a.b.c"},
        ),
        (b'<openbadges:assertion xmlns:openbadges="http://elsewhere.org" verify="u"/>', {}),
        (b'<assertion xmlns="http://openbadges.org"/>', {}),
    ],
    ids=["another prefix", "signed", "credential", "another namespace", "empty"],
)
def test_an_award_is_known_by_its_namespace_not_by_its_prefix(element: bytes, expected: dict[str, str]) -> None:
    assert read_svg(SVG.replace(b"<rect", element + b"<rect")) == expected


def test_an_address_that_is_another_awards_makes_two_badges_of_one_picture() -> None:
    two = b'<assertion xmlns="http://openbadges.org" verify="https://x/2">{"id":"https://x/1"}</assertion>'

    with pytest.raises(PictureError, match="two different badges"):
        read_svg(SVG.replace(b"<rect", two + b"<rect"))


@pytest.mark.parametrize(
    "svg",
    [
        b'<!DOCTYPE svg [<!ENTITY a "b">]><svg xmlns="http://www.w3.org/2000/svg">&a;</svg>',
        b'<?xml-stylesheet href="x.css"?><svg xmlns="http://www.w3.org/2000/svg"/>',
        b'<svg xmlns="http://www.w3.org/2000/svg"><?php x ?></svg>',
        b'<svg xmlns="http://www.w3.org/2000/svg">' + b"<g>" * 70 + b"</g>" * 70 + b"</svg>",
        b'<svg xmlns="http://www.w3.org/2000/svg">' + b"<g/>" * 100_000 + b"</svg>",
    ],
    ids=["entities", "style sheet", "inner instruction", "deep", "many"],
)
def test_xml_that_does_more_than_draw_is_refused(svg: bytes) -> None:
    with pytest.raises(ForbiddenInSvgError):
        split_svg(svg)


@given(st.one_of(st.binary(max_size=100), st.text(max_size=100).map(lambda text: SVG + text.encode())))
@settings(max_examples=100, deadline=None)
def test_garbage_is_read_or_refused_and_nothing_else(svg: bytes) -> None:
    for reader in (split_svg, read_svg):
        try:
            reader(svg)
        except PictureError:
            continue
