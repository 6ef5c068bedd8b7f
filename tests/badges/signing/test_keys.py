"""The keys of issuers: made once, sealed, rotated, and missing only until the schedule has run."""

import threading

import pytest
from click.testing import CliRunner
from flask import Flask
from sqlalchemy import func, select

from lti_tool.badges.awards import Recipient
from lti_tool.badges.issuers import first_issuer_of
from lti_tool.badges.openbadge.vc_jwt import key_of_jwk
from lti_tool.badges.signing.keys import (
    ED25519,
    RSA,
    ensure_keys,
    ensure_keys_by_schedule,
    published_key,
    published_keys,
    signing_keys,
)
from lti_tool.badges.signing.model import IssuerKey
from lti_tool.cli import main
from lti_tool.db import db, transaction
from lti_tool.errors import Problem
from lti_tool.people.admin.model import AuditEntry
from tests.make.award import make_award
from tests.make.keys import make_keys, make_rotation, without_keys
from tests.make.organization import make_organization
from tests.make.space import make_badge


@pytest.fixture
def issuer(organization: str) -> str:
    return first_issuer_of(organization)


def kids(issuer: str) -> set[str]:
    db.session.rollback()
    return {key.public.id for key in signing_keys(issuer).values()}


def count_keys() -> int:
    db.session.rollback()
    return db.session.scalar(select(func.count()).select_from(IssuerKey)) or 0


def test_an_issuer_gets_its_keys_with_its_first_award_and_no_others_later(organization: str, issuer: str) -> None:
    badge = make_badge(organization)
    assert count_keys() == 0

    make_award(badge, Recipient(email="ada@example.org"))
    first = kids(issuer)
    make_award(badge, Recipient(email="bob@example.org"))

    assert (kids(issuer), count_keys()) == (first, 2)


def test_two_who_make_them_at_once_make_one_pair_of_each(app: Flask, issuer: str) -> None:
    ready, faults = threading.Barrier(3), []

    def make() -> None:
        with app.app_context():
            ready.wait()
            try:
                make_keys(issuer)
            except Exception as fault:
                faults.append(fault)
            finally:
                db.session.remove()

    threads = [threading.Thread(target=make) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert (faults, count_keys()) == ([], 2)


def test_the_private_halves_lie_sealed_and_fit_the_published_ones(issuer: str) -> None:
    make_keys(issuer)
    keys = signing_keys(issuer)

    for key in keys.values():
        assert "PRIVATE" not in key.sealed
        assert not {"d", "p", "q"} & key.public.jwk.keys()
        assert key_of_jwk(key.public.jwk) == key.private.public_key()
    assert {key.kind for key in published_keys(issuer)} == {ED25519, RSA}
    assert keys[RSA].private.public_key().key_size == 2048  # type: ignore[union-attr]


def test_after_a_rotation_new_keys_sign_and_the_old_ones_stay_published_without_their_private_halves(
    issuer: str,
) -> None:
    make_keys(issuer)
    old = kids(issuer)

    make_rotation(issuer)

    new = kids(issuer)
    assert not old & new
    assert {key.id for key in published_keys(issuer)} == old | new
    sealed = select(IssuerKey.id).where(IssuerKey.sealed_private_key.is_not(None))
    assert set(db.session.scalars(sealed)) == new


def test_after_a_rotation_at_once_no_older_key_counts_any_more(issuer: str) -> None:
    make_keys(issuer)
    older = kids(issuer)
    make_rotation(issuer)
    old = kids(issuer)

    make_rotation(issuer, at_once=True)

    assert {key.id for key in published_keys(issuer)} == kids(issuer)
    assert all(published_key(kid) is None for kid in older | old)


def test_a_rotation_that_fails_changes_nothing(issuer: str) -> None:
    make_keys(issuer)
    before = kids(issuer)

    with pytest.raises(Problem, match="not_found"):
        make_rotation("nobody")

    assert kids(issuer) == before


def test_the_schedule_gives_keys_to_issuers_with_awards_from_before_and_to_no_others(
    organization: str, issuer: str
) -> None:
    make_award(make_badge(organization), Recipient(email="ada@example.org"))
    idle = first_issuer_of(make_organization("Idle"))
    without_keys(issuer)

    ensure_keys_by_schedule()
    first = kids(issuer)
    ensure_keys_by_schedule()

    assert kids(issuer) == first
    assert published_keys(idle) == []


def test_keys_that_no_secret_opens_are_told_and_replaced_by_a_rotation(app: Flask, issuer: str) -> None:
    make_keys(issuer)
    app.extensions["settings"] = app.extensions["settings"].model_copy(update={"secret_key": "another"})

    with pytest.raises(Problem) as refused:
        assert signing_keys(issuer)[RSA].private
    told = CliRunner().invoke(main, ["check"])

    assert (refused.value.status, refused.value.headers["Retry-After"]) == (503, "300")
    assert "issuer's key: 2" in told.output
    make_rotation(issuer)
    assert signing_keys(issuer)[RSA].private


def test_the_command_rotates_and_the_log_tells_it(issuer: str, organization: str) -> None:
    make_keys(issuer)
    before = kids(issuer)
    db.session.rollback()

    plain = CliRunner().invoke(main, ["issuer", "rotate-keys", issuer])
    at_once = CliRunner().invoke(main, ["issuer", "rotate-keys", issuer, "--at-once"])
    unknown = CliRunner().invoke(main, ["issuer", "rotate-keys", "nobody"])

    assert "stay valid" in plain.output
    assert "count no more" in at_once.output
    assert (unknown.exit_code, "no such issuer" in unknown.output) == (1, True)
    assert not before & kids(issuer)
    rotated = select(AuditEntry).where(AuditEntry.deed == "issuer.keys_rotated").order_by(AuditEntry.at)
    entries = db.session.scalars(rotated).all()
    assert [(one.scope, one.organization_id, one.facts) for one in entries] == [
        (issuer, organization, {"at_once": False}),
        (issuer, organization, {"at_once": True}),
    ]


def test_keys_come_and_go_with_the_transaction_that_makes_them(issuer: str) -> None:
    with pytest.raises(ZeroDivisionError):
        make_keys_and_fail(issuer)

    assert count_keys() == 0


def make_keys_and_fail(issuer: str) -> None:
    with transaction():
        ensure_keys(issuer)
        _ = 1 / 0
