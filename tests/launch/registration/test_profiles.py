"""What differs between LMSs is data, and every key of it is used by something."""

import tomllib
from pathlib import Path

import pytest
from flask import Flask
from pydantic import ValidationError

from lti_tool import places
from lti_tool.launch.messages import C, read_message
from lti_tool.launch.profiles import Profile, is_described, profile_at, profile_named, profiles
from lti_tool.launch.registration.guides import GUIDES
from lti_tool.launch.registration.manual import manual_values
from lti_tool.launch.registration.showing import CLAIMS, MESSAGES, SCOPES
from tests.corpus.recorded import recorded

FILES = sorted((places.CONFIG / "platforms").glob("*.toml"))
READ_BY_THE_CLAIMS = {
    C + "version": "1.3.0", C + "deployment_id": "1", C + "target_link_uri": "https://tool.example", "sub": "1",
    C + "roles": [], C + "resource_link": {"id": "1"}, C + "for_user": {"user_id": "1"},
    "https://purl.imsglobal.org/spec/lti-dl/claim/deep_linking_settings": {},
}  # fmt: skip


@pytest.mark.parametrize("name", profiles())
def test_every_message_that_is_registered_is_one_that_the_door_serves(name: str) -> None:
    for one in profiles()[name].messages:
        assert read_message({**READ_BY_THE_CLAIMS, C + "message_type": one.type})
        assert one.type in MESSAGES


@pytest.mark.parametrize("name", profiles())
def test_every_scope_and_claim_has_words_for_the_administrator(name: str) -> None:
    profile = profiles()[name]

    assert set(profile.scopes) <= set(SCOPES)
    assert set(profile.claims) <= set(CLAIMS)


def test_every_recorded_lms_is_known_by_its_family() -> None:
    families = {"canvas": "Canvas", "moodle": "Moodle", "blackboard": "Blackboard", "d2l": "Brightspace"}
    tool_platform = C + "tool_platform"
    seen = {
        (file["lms"], file["payload"].get(tool_platform, {}).get("product_family_code"))
        for file in recorded("launch").values()
        if file["lms"] in families
    }

    told = {(lms, family) for lms, family in seen if family}
    assert told
    assert {(lms, profile_named(family).name) for lms, family in told} == {(lms, families[lms]) for lms, _ in told}


def test_an_unknown_lms_gets_what_counts_for_all() -> None:
    assert profile_named("somelms") is profiles()["other"]
    assert not is_described("somelms")
    assert profile_at("lms.example") is None


def test_a_file_adds_to_the_custom_parameters_of_all() -> None:
    assert {"context_history", "link_history", "canvas_host", "masquerading_user"} <= set(profiles()["canvas"].custom)
    assert "canvas_host" not in profiles()["moodle"].custom


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_no_file_says_what_nothing_reads(path: Path) -> None:
    said = tomllib.loads(path.read_text())

    assert set(said) <= set(Profile.model_fields)
    with pytest.raises(ValidationError):
        Profile.model_validate({**profiles()[path.stem].model_dump(), "quirk": True})


def test_every_key_of_a_profile_is_read_somewhere() -> None:
    code = "\n".join(path.read_text() for path in (places.PACKAGE / "launch").rglob("*.py"))
    pages = "\n".join(path.read_text() for path in (places.TEMPLATES / "launch/registration").rglob("*.html"))

    unread = [key for key in Profile.model_fields if f".{key}" not in code + pages]
    assert unread == []


@pytest.mark.parametrize("name", GUIDES)
def test_every_field_of_the_manual_values_has_a_name(app: Flask, name: str) -> None:
    values = manual_values(profiles()[name])

    assert {one.name for one in values} == {"name", *profiles()[name].labels}
    assert all(one.label and one.value for one in values)
