"""An LMS connects itself: what is looked at, what is asked for, and what is kept."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from lti_tool.badges.model import Issuer
from lti_tool.db import db, transaction
from lti_tool.launch.keys import published_keys, signing_key
from lti_tool.launch.model import Deployment, Registration
from lti_tool.launch.platforms import PlatformWords, add_platform
from lti_tool.launch.registration.answer import TOOL
from lti_tool.launch.registration.configuration import PLATFORM
from lti_tool.launch.registration.invites import open_invites
from lti_tool.launch.registration.model import RegistrationInvite
from tests.launch.registration.some_lms import TOKEN, SomeLms, configuration, in_json, registered
from tests.launch.registration.steps import OURS, connected, looked, make_invitation, opened, pressed
from tests.make.lms import words


def make_known(lms: SomeLms) -> str:
    """The LMS was connected before. Answers its organization."""
    words = PlatformWords(
        lms.url, "client-of-the-tool", "https://a.example/", "https://b.example/", "https://c.example/",
        name="The old one",
    )  # fmt: skip
    with transaction():
        return add_platform(words).organization_id


def registration() -> Registration:
    return db.session.scalars(select(Registration)).one()


def test_two_buttons_connect_an_lms(app: Flask, client: FlaskClient, lms: SomeLms) -> None:
    done = connected(client, lms, make_invitation("Hill College"))

    assert (done.status_code, "Hill College and Spaces know each other now" in words(done)) == (200, True)
    kept = registration()
    assert (kept.name, kept.issuer, kept.client_id) == ("Hill College", lms.url, "client-of-the-tool")
    assert (kept.auth_url, kept.token_url, kept.jwks_url) == (f"{lms.url}/auth", f"{lms.url}/token", f"{lms.url}/jwks")
    assert (kept.profile, kept.token_audience, len(kept.granted_scopes or [])) == ("moodle", None, 6)
    [deployment] = db.session.scalars(select(Deployment))
    assert (deployment.registration_id, deployment.deployment_id, deployment.status) == (kept.id, "7", "active")
    assert db.session.scalars(select(Issuer.name)).all() == ["Hill College"]


def test_the_first_page_neither_fetches_nor_writes(app: Flask, client: FlaskClient, lms: SomeLms) -> None:
    path = make_invitation()

    opened(client, path, lms)

    assert lms.asked == []
    assert db.session.scalars(select(RegistrationInvite)).one().draft is None


def test_the_lms_is_asked_with_its_token_and_for_all_that_the_tool_serves(
    app: Flask, client: FlaskClient, lms: SomeLms
) -> None:
    connected(client, lms)

    assert [(path, bearer) for path, bearer, _ in lms.asked] == [
        ("/openid-configuration", TOKEN), ("/registrations", TOKEN)
    ]  # fmt: skip
    [sent] = lms.registrations
    assert sent["application_type"] == "web"
    assert sent["response_types"] == ["id_token"]
    assert set(sent["grant_types"]) == {"implicit", "client_credentials"}
    assert sent["initiate_login_uri"] == "http://localhost:8000/lti/login"
    assert sent["redirect_uris"] == ["http://localhost:8000/lti/launch"]
    assert sent["jwks_uri"] == "http://localhost:8000/lti/jwks.json"
    assert sent["token_endpoint_auth_method"] == "private_key_jwt"
    assert len(sent["scope"].split()) == 6
    tool = sent[TOOL]
    assert tool["domain"] == "localhost:8000", "Moodle compares the domain with its port"
    assert {"sub", "name", "email"} <= set(tool["claims"])
    assert [(one["type"], one.get("placements")) for one in tool["messages"]] == [
        ("LtiResourceLinkRequest", None), ("LtiDeepLinkingRequest", ["ContentArea"]),
    ]  # fmt: skip
    with client.get(sent["logo_uri"]) as icon:
        assert icon.mimetype == "image/svg+xml", "a broken icon shows on every course page"


def test_an_lms_without_a_token_is_connected_too(app: Flask, client: FlaskClient, lms: SomeLms) -> None:
    lms.wants_token = False

    done = connected(client, lms, token=None)

    assert done.status_code == 200
    assert {bearer for _, bearer, _ in lms.asked} == {None}


def test_the_key_that_will_sign_is_published_before_the_lms_is_asked(
    app: Flask, client: FlaskClient, lms: SomeLms
) -> None:
    page = looked(client, lms)
    [waiting] = published_keys()

    pressed(client, page)

    assert [one["kid"] for one in published_keys()] == [waiting["kid"]]
    assert signing_key(registration().id).kid == waiting["kid"]


def test_every_other_host_is_named_before_the_yes(app: Flask, client: FlaskClient, lms: SomeLms) -> None:
    lms.configuration |= {
        "token_endpoint": "https://tokens.example/token", "jwks_uri": "https://keys.example/jwks",
        "authorization_server": "https://tokens.example/audience",
    }  # fmt: skip

    page = looked(client, lms)

    assert "tokens.example gives access to its services, is named in requests for access" in words(page)
    assert "keys.example publishes its keys" in words(page)
    pressed(client, page)
    assert registration().token_audience == "https://tokens.example/audience"


def test_one_host_alone_is_said_to_be_alone(app: Flask, client: FlaskClient, lms: SomeLms) -> None:
    page = looked(client, lms)

    assert "No other host takes part." in words(page)
    assert "Moodle 4.5.6" in words(page)
    assert "Write grades into its own columns" in words(page)
    assert "waits in your LMS until you switch it on" in words(page)


def test_an_audience_that_is_a_bare_host_is_not_used(app: Flask, client: FlaskClient, lms: SomeLms) -> None:
    lms.configuration["authorization_server"] = "127.0.0.1"

    connected(client, lms)

    assert registration().token_audience is None


def test_an_lms_that_names_no_deployment_has_its_first_one_taken_at_its_word(
    app: Flask, client: FlaskClient, lms: SomeLms
) -> None:
    lms.answers = lambda sent: in_json({**sent, "client_id": "c", "scope": ""})

    connected(client, lms)

    assert db.session.scalars(select(Deployment)).all() == []
    assert registration().granted_scopes == []


def test_an_lms_that_says_nothing_of_scopes_is_remembered_as_silent(
    app: Flask, client: FlaskClient, lms: SomeLms
) -> None:
    lms.answers = lambda _: in_json({"client_id": "c"})

    connected(client, lms)

    assert registration().granted_scopes is None


def test_an_invitation_can_lead_into_an_organization_that_is_there(
    app: Flask, client: FlaskClient, lms: SomeLms, organization: str
) -> None:
    connected(client, lms, make_invitation(organization=organization))

    assert registration().organization_id == organization
    assert db.session.query(Issuer).count() == 1


def test_the_institution_that_the_lms_names_is_greeted(app: Flask, client: FlaskClient, lms: SomeLms) -> None:
    lms.configuration[PLATFORM] |= {
        "product_family_code": "canvas", "https://canvas.instructure.com/lti/account_name": "Test University"
    }  # fmt: skip

    connected(client, lms)

    assert registration().name == "Test University"


def test_a_registration_is_never_overwritten(app: Flask, client: FlaskClient, lms: SomeLms) -> None:
    organization = make_known(lms)

    page = looked(client, lms, make_invitation(organization=organization))
    refused = pressed(client, page)

    assert "An LMS of this issuer is connected already. The old one" in words(page)
    assert "switches off whatever else it was given by hand" in words(page)
    assert (refused.status_code, "register_known" in words(refused)) == (409, True)
    assert (registration().name, registration().auth_url) == ("The old one", "https://a.example/")
    assert [one.problem for one in open_invites()] == ["register_known"]


def test_no_school_is_told_of_another_that_shares_its_issuer(app: Flask, client: FlaskClient, lms: SomeLms) -> None:
    make_known(lms)

    page = looked(client, lms)

    assert "An LMS of this issuer is connected already." in words(page)
    assert "The old one" not in page.text
    assert "client-of-the-tool" not in page.text


def test_many_presses_at_one_moment_register_once(app: Flask, client: FlaskClient, lms: SomeLms) -> None:
    path = make_invitation()
    secret = looked(client, lms, path).text.split('name="form_token" value="')[1].split('"')[0]

    def press(_: int) -> int:
        return app.test_client().post(f"{path}/confirm", data={"form_token": secret}, headers=OURS).status_code

    with ThreadPoolExecutor(6) as crowd:
        answers = list(crowd.map(press, range(6)))

    assert set(answers) <= {200, 409}
    assert (200 in answers, len(lms.registrations)) == (True, 1)
    db.session.rollback()
    assert db.session.query(Registration).count() == 1


def test_the_same_lms_may_be_connected_twice_under_two_client_ids(
    app: Flask, client: FlaskClient, lms: SomeLms
) -> None:
    connected(client, lms)
    lms.answers = lambda sent: in_json(registered(sent, client_id="another"))

    assert connected(client, lms).status_code == 200
    assert db.session.query(Registration).count() == 2


def test_a_button_that_is_pressed_twice_registers_once(app: Flask, client: FlaskClient, lms: SomeLms) -> None:
    page = looked(client, lms)

    first, second = pressed(client, page), pressed(client, page)

    assert [first.status_code, second.status_code] == [200, 200]
    assert f"frame-ancestors 'self' {lms.url};" in second.headers["Content-Security-Policy"] + ";"
    assert len(lms.registrations) == 1


def test_a_page_from_before_another_look_is_too_old(app: Flask, client: FlaskClient, lms: SomeLms) -> None:
    path = make_invitation()
    early, late = looked(client, lms, path), looked(client, lms, path)

    assert (pressed(client, early).status_code, pressed(client, late).status_code) == (409, 200)
    assert len(lms.registrations) == 1


def test_what_a_browser_changes_counts_for_nothing(app: Flask, client: FlaskClient, lms: SomeLms) -> None:
    page = looked(client, lms)

    pressed(
        client, page, issuer="https://evil.example", registration_endpoint="https://evil.example/r", client_id="evil",
        openid_configuration="https://evil.example/c",
    )  # fmt: skip

    assert (registration().issuer, registration().client_id) == (lms.url, "client-of-the-tool")


@pytest.mark.parametrize("step", ["check", "confirm"])
@pytest.mark.parametrize("origin", ["https://evil.example", "null", None])
def test_a_form_of_another_site_does_nothing(
    app: Flask, client: FlaskClient, lms: SomeLms, step: str, origin: str | None
) -> None:
    path = make_invitation()
    page = looked(client, lms, path)
    secret = page.text.split('name="form_token" value="')[1].split('"')[0]
    asked = len(lms.asked)

    headers = {"Origin": origin} if origin else {}
    answer = client.post(f"{path}/{step}", data={"form_token": secret}, headers=headers)

    assert (answer.status_code, len(lms.asked)) == (409, asked)


def test_a_form_without_its_secret_does_nothing(app: Flask, client: FlaskClient, lms: SomeLms) -> None:
    path = make_invitation()
    looked(client, lms, path)

    for guess in ("", "é", "\ud800", "x" * 43):
        answer = client.post(f"{path}/confirm", data={"form_token": guess.encode("utf-8", "replace")}, headers=OURS)
        assert answer.status_code == 409
    assert lms.registrations == []


def test_no_page_needs_a_cookie_and_none_is_set(app: Flask, client: FlaskClient, lms: SomeLms) -> None:
    path = make_invitation()
    without = app.test_client(use_cookies=False)

    pages = [first := opened(without, path, lms), second := pressed(without, first), pressed(without, second)]

    assert [page.status_code for page in pages] == [200, 200, 200]
    assert not any(page.headers.getlist("Set-Cookie") for page in pages)


def test_the_pages_may_be_framed_by_the_lms_and_nobody_else(app: Flask, client: FlaskClient, lms: SomeLms) -> None:
    first = opened(client, make_invitation(), lms)
    second = pressed(client, first)

    for page in (first, second, pressed(client, second)):
        assert f"frame-ancestors 'self' {lms.url}" in page.headers["Content-Security-Policy"].split("; ")


def test_hosts_that_the_profile_knows_may_frame_the_first_page(app: Flask, client: FlaskClient) -> None:
    page = client.get(
        f"{make_invitation()}?openid_configuration=https://sso.canvaslms.com/api/lti/security/openid-configuration"
    )

    assert "https://*.instructure.com" in page.headers["Content-Security-Policy"]


def test_the_last_page_tells_the_lms_to_close_it(app: Flask, client: FlaskClient, lms: SomeLms) -> None:
    done = connected(client, lms)
    script = done.text.split('src="/static/registered.js')[1].split('"')[0]

    with client.get(f"/static/registered.js{script}") as served:
        assert 'subject: "org.imsglobal.lti.close"' in served.text


def test_an_lms_that_named_everything_anew_is_read_anew(app: Flask, client: FlaskClient, lms: SomeLms) -> None:
    path = make_invitation()
    looked(client, lms, path)
    lms.configuration = configuration(lms.url, token_endpoint=f"{lms.url}/new")

    connected(client, lms, path)

    assert registration().token_url == f"{lms.url}/new"
