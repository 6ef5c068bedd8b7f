"""What happens to keys by themselves: private halves that are no longer needed go, seals are made anew."""

from datetime import timedelta

import pytest
from click.testing import CliRunner, Result
from flask import Flask
from sqlalchemy import select

from lti_tool.cli import main
from lti_tool.db import Row, db, transaction
from lti_tool.launch.key_care import (
    SEALED,
    forget_stopped_keys,
    reseal,
    reseal_by_schedule,
    secrets_that_cannot_be_opened,
)
from lti_tool.launch.keys import key_is_entered, make_key, rotate_keys, set_static_key, signing_key, waiting_key
from lti_tool.launch.legacy import add_consumer
from lti_tool.launch.model import LegacyConsumer, Registration, ToolKey
from lti_tool.sealing import is_sealed_by_the_first, unseal
from tests.make.organization import make_organization
from tests.make.visit import make_registration


@pytest.fixture
def registration(app: Flask) -> str:
    registration = make_registration(make_organization())
    with transaction():
        make_key(registration)
    return registration


def let_days_pass(days: float) -> None:
    with transaction():
        for key in db.session.scalars(select(ToolKey)):
            for name in ("signs_from", "published_until"):
                if getattr(key, name) is not None:
                    setattr(key, name, getattr(key, name) - timedelta(days=days))


def with_private_half() -> set[str]:
    db.session.rollback()
    return set(db.session.scalars(select(ToolKey.kid).where(ToolKey.sealed_private_key.is_not(None))))


def rotate(registration: str, **how: bool) -> str:
    with transaction():
        return rotate_keys(registration, **how)


def store(registration: str, *, static: bool) -> None:
    with transaction():
        set_static_key(db.session.get_one(Registration, registration), static=static)


def secret_is(app: Flask, words: str) -> None:
    app.extensions["settings"] = app.extensions["settings"].model_copy(update={"secret_key": words})


def command(*words: str) -> Result:
    db.session.rollback()
    result = CliRunner().invoke(main, list(words))
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result


def test_the_private_half_of_a_key_goes_a_day_after_it_stopped_signing(registration: str) -> None:
    old = signing_key(registration).kid
    new = rotate(registration)

    for days, left in ((0, {old, new}), (7.5, {old, new}), (0.6, {new}), (30, {new})):
        let_days_pass(days)
        forget_stopped_keys()
        assert with_private_half() == left
        assert signing_key(registration).kid in left


def test_a_key_that_was_stopped_at_once_loses_its_private_half_a_day_later(registration: str) -> None:
    old = signing_key(registration).kid
    new = rotate(registration, at_once=True)

    forget_stopped_keys()
    assert with_private_half() == {old, new}
    let_days_pass(1.1)
    forget_stopped_keys()
    assert with_private_half() == {new}


def test_the_key_that_signs_alone_and_the_one_that_waits_keep_their_private_halves(registration: str) -> None:
    store(registration, static=True)
    waiting = rotate(registration)
    let_days_pass(400)
    forget_stopped_keys()

    assert with_private_half() == {signing_key(registration).kid, waiting}


def test_a_rotation_under_way_waits_when_the_platform_turns_out_to_store_our_key(registration: str) -> None:
    old, new = signing_key(registration).kid, rotate(registration)

    store(registration, static=True)

    let_days_pass(60)
    assert signing_key(registration).kid == old
    assert waiting_key(registration) == new
    with transaction():
        key_is_entered(registration, new)
    assert signing_key(registration).kid == new


def test_of_two_rotations_under_way_the_newest_key_waits(registration: str) -> None:
    old = signing_key(registration).kid
    rotate(registration)
    let_days_pass(1)
    newest = rotate(registration)

    store(registration, static=True)

    assert (waiting_key(registration), with_private_half()) == (newest, {old, newest})


def test_a_key_that_waited_is_rotated_in_once_the_platform_reads_our_key_set(registration: str) -> None:
    store(registration, static=True)
    old, waited = signing_key(registration).kid, rotate(registration)

    store(registration, static=False)

    assert waiting_key(registration) is None
    let_days_pass(8)
    assert signing_key(registration).kid not in (old, waited)


def test_everything_is_sealed_anew_under_the_first_secret(app: Flask, registration: str) -> None:
    secret_is(app, "old")
    with transaction():
        rotate_keys(registration)
        add_consumer(registration, key="key", secret="hush")
    secret_is(app, "new,old," + "".join(app.extensions["settings"].model_copy(update={"secret_key": ""}).secrets()))

    with transaction():
        first = reseal()
    with transaction():
        second = reseal()

    assert ((first.anew, first.lost), (second.anew, second.lost)) == ((3, 0), (0, 0))
    secret_is(app, "new")
    db.session.expire_all()
    assert signing_key(registration).private_pem.startswith("-----BEGIN")
    assert unseal(db.session.scalars(select(LegacyConsumer.sealed_secret)).one()) == b"hush"


def test_the_schedule_seals_anew_too(app: Flask, registration: str) -> None:
    old = app.extensions["settings"].secrets()[0]
    secret_is(app, f"new,{old}")

    reseal_by_schedule()

    db.session.rollback()
    assert is_sealed_by_the_first(db.session.scalars(select(ToolKey.sealed_private_key)).one() or "")


def test_what_no_secret_opens_is_left_as_it_is_and_told(app: Flask, registration: str) -> None:
    before = db.session.scalars(select(ToolKey.sealed_private_key)).one()
    secret_is(app, "another")

    with transaction():
        done = reseal()

    assert (done.anew, done.lost) == (0, 1)
    assert db.session.scalars(select(ToolKey.sealed_private_key)).one() == before
    assert secrets_that_cannot_be_opened() == {"signing key": 1}
    told = command("keys", "reseal")
    assert (told.exit_code, "1 cannot be opened" in told.output) == (1, True)
    assert "signing key: 1" in command("check").output


def test_the_command_reseals(app: Flask, registration: str) -> None:
    old = app.extensions["settings"].secrets()[0]
    secret_is(app, f"new,{old}")

    assert [command("keys", "reseal").output for _ in range(2)] == ["Sealed anew: 1.\n", "Sealed anew: 0.\n"]


def test_the_command_rotates_all_but_those_that_store_our_key_and_shows_what_to_enter(
    app: Flask, registration: str
) -> None:
    other = make_registration(make_organization("Elsewhere"))
    with transaction():
        make_key(other)
    store(other, static=True)
    old = signing_key(other).kid

    printed = command("keys", "rotate").output
    assert printed.count("-----BEGIN PUBLIC KEY-----") == 1
    db.session.rollback()
    waiting = waiting_key(other) or ""
    assert f"lti-tool keys entered {other} {waiting}" in printed
    assert signing_key(other).kid == old
    assert command("keys", "entered", other, waiting).output == "The new key signs.\n"

    db.session.expire_all()
    assert signing_key(other).kid == waiting
    again = command("keys", "entered", other, waiting)
    assert (again.exit_code, "does not wait any more" in again.output) == (1, True)


@pytest.mark.parametrize("start", ["-M", "--", "--he"])
def test_a_key_whose_name_begins_with_a_dash_is_entered_as_it_was_printed(registration: str, start: str) -> None:
    store(registration, static=True)
    rotate(registration)
    with transaction():
        key = db.session.scalars(select(ToolKey).where(ToolKey.signs_from.is_(None))).one()
        key.kid = kid = start + key.kid[len(start) :]

    assert command("keys", "entered", registration, kid).output == "The new key signs.\n"
    assert signing_key(registration).kid == kid


def test_no_sealed_column_is_forgotten(app: Flask) -> None:
    named = {
        (table.name, column.name)
        for table in Row.metadata.tables.values()
        for column in table.columns
        if column.name.startswith("sealed_")
    }

    assert {(model.__tablename__, column) for model, column, _ in SEALED} == named
