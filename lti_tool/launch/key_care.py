"""What happens to keys and other sealed secrets by themselves: old private halves go, old seals are made anew."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, cast

from sqlalchemy import ColumnElement, Table, exists, or_, select, update
from sqlalchemy.orm import aliased

from lti_tool import clock
from lti_tool.badges.signing.model import IssuerKey
from lti_tool.db import db, transaction
from lti_tool.launch.model import LegacyConsumer, ToolKey
from lti_tool.launch.registration.model import RegistrationInvite
from lti_tool.sealing import can_be_opened, is_sealed_by_the_first, sealed_anew

_DAY = timedelta(days=1)  # tokens last an hour at most, and clocks are set back now and then

SEALED = (
    (ToolKey, "sealed_private_key", "signing key"),
    (IssuerKey, "sealed_private_key", "issuer's key"),
    (LegacyConsumer, "sealed_secret", "LTI 1.1 secret"),
    (RegistrationInvite, "sealed_token", "registration token"),
    (RegistrationInvite, "sealed_key", "key of a registration under way"),
)


@dataclass(frozen=True)
class Resealed:
    """How many secrets were sealed anew, and how many no secret of the installation opens."""

    anew: int
    lost: int


def forget_stopped_keys() -> None:
    """Delete the private half of every key that stopped signing a day ago. Runs on the schedule."""
    with transaction():
        db.session.execute(
            update(ToolKey)
            .where(ToolKey.sealed_private_key.is_not(None), _has_stopped())
            .values(sealed_private_key=None)
            .execution_options(synchronize_session=False)
        )


def _has_stopped() -> ColumnElement[bool]:
    """No longer published, or a newer key of the same registration has signed for a day."""
    day_ago, newer = clock.now() - _DAY, aliased(ToolKey)
    followed = exists().where(
        newer.registration_id == ToolKey.registration_id, newer.signs_from > ToolKey.signs_from,
        newer.signs_from <= day_ago, newer.sealed_private_key.is_not(None),
        or_(newer.published_until.is_(None), newer.published_until > clock.now()),
    )  # fmt: skip
    return or_(ToolKey.published_until <= day_ago, followed)


def reseal() -> Resealed:
    """Seal everything under the first SECRET_KEY that another one sealed. Writes nothing where all is as it should be.
    Inside a transaction.
    """
    anew = lost = 0
    for table, column, key, sealed in _sealed_rows():
        if is_sealed_by_the_first(sealed):
            continue
        if not can_be_opened(sealed):
            lost += 1
            continue
        row = update(table).where(*(part == value for part, value in key), table.c[column] == sealed)
        db.session.execute(row.values({column: sealed_anew(sealed)}))
        anew += 1
    return Resealed(anew, lost)


def reseal_by_schedule() -> None:
    """Once a day: an old secret can be taken out of SECRET_KEY the day after a new one was put in front."""
    if any(not is_sealed_by_the_first(sealed) for *_, sealed in _sealed_rows()):
        with transaction():
            reseal()


def secrets_that_cannot_be_opened() -> dict[str, int]:
    """How many of each kind, for `lti-tool check`."""
    found: dict[str, int] = {}
    for model, column, name in SEALED:
        query = select(getattr(model, column)).where(getattr(model, column).is_not(None))
        lost = sum(not can_be_opened(sealed) for sealed in db.session.scalars(query))
        if lost:
            found[name] = lost
    return found


def _sealed_rows() -> Iterator[tuple[Table, str, list[tuple[Any, Any]], str]]:
    for model, column, _ in SEALED:
        table = cast(Table, model.__table__)
        keys = list(table.primary_key.columns)
        rows = db.session.execute(select(table.c[column], *keys).where(table.c[column].is_not(None))).all()
        for sealed, *values in rows:
            yield table, column, list(zip(keys, values, strict=True)), sealed
