"""The next page of a service, in every spelling that platforms send (RFC 8288, section 3; lti-nrps 2.0, 2.4)."""

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lti_tool.launch.link_header import LONGEST, next_link

BASE = "https://lms.example/courses/7/members?limit=50"
NEXT = "https://lms.example/courses/7/members?page=WyJB"


@pytest.mark.parametrize(
    "header",
    [
        f'<{NEXT}>; rel="next"',
        f"<{NEXT}>; rel=next",
        f"<{NEXT}>;rel=next",
        f'<{NEXT}>; REL="NEXT"',
        f'<{NEXT}>; Rel = "Next"',
        f'<{NEXT}>; rel="alternate next last"',
        f'<{NEXT}>; title="page 2"; rel="next"',
        f'<{NEXT}>; title="a, b; rel=\\"last\\""; rel="next"',
        f'<{NEXT}>; title="<https://other.example/>; rel=last" ; rel=next',
        f'<https://lms.example/1>; rel="first", <{NEXT}>; rel="next", <https://lms.example/9>; rel="last"',
        f'<https://lms.example/1>; rel="current",<{NEXT}>; rel="next",<https://lms.example/9>; rel="last"',
        f"<https://lms.example/1>; rel=first, <{NEXT}>; rel=next",
        f" < {NEXT} > ; rel=next",
        f"<{NEXT}>; rel=“next”",
        f"<{NEXT}>; rel=“next”".encode().decode("latin-1"),
        "</courses/7/members?page=WyJB>; rel=next",
        "<members?page=WyJB>; rel=next",
        "<?page=WyJB>; rel=next",
        f'<{NEXT}>; rel="next"; rel="last"',
        f'<{NEXT}>; rel="next',
        f"<{NEXT}>; anchor; rel=next",
        f", ,<{NEXT}>; rel=next,",
        f"<{NEXT}#part>; rel=next",
    ],
)
def test_every_spelling_of_the_next_link_is_read(header: str) -> None:
    assert next_link(header, BASE) == NEXT


@pytest.mark.parametrize(
    "header",
    [
        "",
        f'<{NEXT}>; rel="last"',
        f'<{NEXT}>; rel="nextish"',
        f'<{NEXT}>; rel="last"; rel="next"',
        f"<{NEXT}>; title=next",
        f'<{NEXT}>; title="; rel=next"',
        f"<{NEXT}>",
        f"{NEXT}; rel=next",
        f"<{NEXT}; rel=next",
        "<>; rel=next",
        "<https://[half>; rel=next",
        "<" + "x" * LONGEST + ">; rel=next",
    ],
)
def test_what_names_no_next_page_ends_the_list(header: str) -> None:
    assert next_link(header, BASE) is None


def test_the_next_link_keeps_its_case_its_order_and_its_escapes() -> None:
    opaque = "https://lms.example/M?Page=WyJB%2FaQ%3d%3d&a=&a=1,2;3"
    assert next_link(f"<{opaque}>; rel=next", BASE) == opaque


def test_an_escaped_ampersand_in_the_address_is_an_ampersand() -> None:
    assert next_link("<https://lms.example/m?limit=1&amp;from=1>; rel=“next”", BASE) == (
        "https://lms.example/m?limit=1&from=1"
    )


def test_the_first_of_several_next_links_counts() -> None:
    header = f"<{NEXT}>; rel=next, <https://lms.example/else>; rel=next"
    assert next_link(header, BASE) == NEXT


@given(st.text(alphabet='<>;,="\\ \tnextrl“”=/?a', max_size=300))
@settings(max_examples=300, deadline=None)
def test_any_text_is_read_without_a_fault(header: str) -> None:
    found = next_link(header, BASE)
    assert found is None or isinstance(found, str)


_OPAQUE = st.characters(exclude_characters="<># ", exclude_categories=("Cs", "Cc", "Z"))


@given(st.text(alphabet=_OPAQUE, max_size=60))
@settings(max_examples=200, deadline=None)
def test_any_opaque_query_comes_back_as_it_was(query: str) -> None:
    address = f"https://lms.example/m?{query}".replace("&amp;", "")
    sent = f'<https://lms.example/0>; rel="first", <{address}>; rel="next"'.encode().decode("latin-1")
    assert next_link(sent, BASE) == address


@pytest.mark.parametrize("piece", ["<", "<>", "<>;", '<a>;t="', '\\"', "<a>;rel=", "“", ";;", "<a>; rel=x,"])
def test_a_hostile_header_takes_no_time(piece: str) -> None:
    started = time.perf_counter()
    next_link((piece * LONGEST)[:LONGEST], BASE)
    assert time.perf_counter() - started < 1.0
