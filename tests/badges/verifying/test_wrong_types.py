"""Whatever stands in the place of any member of any document, the answer is a verdict or a refusal in a sentence, and a
signed badge of which anything was changed is not valid.
"""

import copy
from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pyld.jsonld import JsonLdError

from lti_tool.badges.verifying.checking import Given, check_badge
from lti_tool.badges.verifying.verdict import Standard, Verdict
from lti_tool.errors import Problem
from tests.make.foreign_badge import ForeignAward, ForeignPlatform, as_json, foreign_platform

Path = tuple[str | int, ...]
ODD = st.one_of(
    st.sampled_from(
        [None, True, False, 0, -1, 10**29, 1e300, "", " ", "\u202e", "https://", "http://[", "http://a:b/", "urn:x",
         "did:web:", "did:web:%", "did:key:z", "sha256$", "data:image/png;base64,=", "9999-12-31T23:59:59-14:00",
         "0001-01-01T00:00:00+14:00", "u", "uH4sI", [], {}, [[]], [None], [{}], {"id": None}, {"id": []}, {"type": [1]},
         {"@context": {"name": None}}, ["x"] * 30]
    ),
    st.text(max_size=20),
    st.recursive(st.none() | st.booleans() | st.integers() | st.text(max_size=5),
                 lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3)),
)  # fmt: skip
SERVED = {
    Standard.V1_HOSTED: ["/awards-1/1", "/badges-1/1", "/issuer-1", "/revoked-1"],
    Standard.V1_SIGNED: ["/badges-1/1", "/issuer-1", "/revoked-1"],
    Standard.V2_HOSTED: ["/awards/1", "/badges/1", "/issuer", "/revoked"],
    Standard.V2_SIGNED: ["/badges/1", "/issuer", "/key", "/revoked"],
    Standard.V3_DATA_INTEGRITY: ["/credentials/1", "/profile", "/status"],
    Standard.V3_JWT: ["/profile", "/status", "/jwk"],
}


def paths(document: Any, here: Path = ()) -> Iterator[Path]:
    inside: Any = document.items() if isinstance(document, dict) else enumerate(document)
    for name, part in inside:
        yield (*here, name)
        if isinstance(part, dict | list):
            yield from paths(part, (*here, name))


def with_another(document: dict[str, Any], path: Path, value: object) -> dict[str, Any]:
    changed = copy.deepcopy(document)
    part: Any = changed
    for step in path[:-1]:
        part = part[step]
    part[path[-1]] = value
    return changed


def as_signed(platform: ForeignPlatform, place: str, document: dict[str, Any]) -> dict[str, Any]:
    """The list of a status counts only with a proof; what cannot be proved stays as it is."""
    try:
        return platform.with_proof(document) if place == "/status" else document
    except (JsonLdError, ValueError, TypeError, KeyError, AttributeError):
        return document


def answer(way: Given) -> Verdict | None:
    """A verdict in sentences; None for a refusal."""
    try:
        verdict = check_badge(way, recipient="ada@example.org")
    except Problem as refused:
        return None if (refused.status, refused.message[-1]) == (422, ".") else pytest.fail(str(refused))
    assert all(check.reason.endswith(".") for check in verdict.checks)
    assert verdict.valid or any(check.outcome == "failed" for check in verdict.checks)
    return verdict


def award_of(platform: ForeignPlatform, standard: Standard) -> ForeignAward:
    platform.replies.clear()
    return platform.issue(standard)


def test_a_member_of_any_kind_anywhere_is_no_fault(app: Flask) -> None:
    with foreign_platform() as platform:

        @settings(max_examples=50, deadline=None, suppress_health_check=list(HealthCheck))
        @given(st.data())
        def change_something(data: st.DataObject) -> None:
            standard = data.draw(st.sampled_from(list(Standard)))
            award = award_of(platform, standard)
            place = data.draw(st.sampled_from(SERVED[standard]))
            document = platform.document(place)
            path = data.draw(st.sampled_from(sorted(paths(document), key=str) or [("uid",)]))
            platform.put(place, as_signed(platform, place, with_another(document, path, data.draw(ODD))))
            answer(Given("url", award.url))

        change_something()


def test_a_changed_member_of_a_signed_badge_is_found_out(app: Flask) -> None:
    with foreign_platform() as platform:
        signed = award_of(platform, Standard.V3_DATA_INTEGRITY).document

        @settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
        @given(st.sampled_from(sorted(paths(signed), key=str)), ODD)
        def change_something(path: Path, value: object) -> None:
            changed = with_another(signed, path, value)
            verdict = answer(Given("json", as_json(changed).decode())) if changed != signed else None
            assert verdict is None or not verdict.valid

        change_something()
