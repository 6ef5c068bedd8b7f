"""What operators read says which refusal or fault it was, and never who, nor a secret (decision 14)."""

import pytest
from flask import Flask
from sqlalchemy import insert
from sqlalchemy.exc import SQLAlchemyError

from lti_tool.db import db, new_id, transaction
from lti_tool.logs import init_logs
from lti_tool.people.model import Person
from lti_tool.settings import Settings
from tests.make.lms import Campus
from tests.make.organization import make_organization


def test_an_error_of_the_database_carries_no_name_and_no_address(app: Flask) -> None:
    person = {"id": new_id(), "organization_id": "nowhere", "name": "Rosa López", "email": "rosa@example.edu"}

    with pytest.raises(SQLAlchemyError) as failed, transaction():
        db.session.execute(insert(Person).values(**person))

    assert "Rosa" not in str(failed.value)
    assert "rosa@example.edu" not in str(failed.value)


def test_a_database_that_is_busy_or_broken_is_logged_without_its_values(
    app: Flask, settings: Settings, capfd: pytest.CaptureFixture[str]
) -> None:
    row = {"id": "x" * 32, "organization_id": make_organization(), "name": " ".join(("Rosa", "López"))}
    init_logs(settings.model_copy(update={"log_level": "INFO"}))
    with app.test_request_context("/"):
        try:
            with transaction():
                for _ in range(2):
                    db.session.execute(insert(Person).values(**row))
        except SQLAlchemyError as error:
            answer = app.make_response(app.handle_user_exception(error))

    logged = "".join(capfd.readouterr())
    assert (answer.status_code, '"fault"' in logged) == (500, True)
    assert row["name"] not in answer.get_data(as_text=True) + logged
    assert "L\\u00f3pez" not in logged


def test_no_token_or_state_or_name_is_logged(school: Campus, capfd: pytest.CaptureFixture[str]) -> None:
    browser = school.browser()
    asked = school.begin(browser, school.lms.login_request("biology", "helena"))
    answer = school.authorize(browser, asked)
    init_logs(Settings(log_level="INFO"))
    answer["id_token"] = answer["id_token"][:-8] + "AAAAAAAA"

    browser.post("/lti/launch", answer)

    logged = "".join(capfd.readouterr())
    assert '"signature_wrong"' in logged
    assert asked["state"] not in logged
    assert answer["id_token"][:40] not in logged
    assert "Helena" not in logged
