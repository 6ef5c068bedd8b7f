"""Kinds of invitations: whoever has staff describes theirs, and `wiring.py` lists them."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from flask import Flask, current_app
from sqlalchemy import ColumnElement, and_
from sqlalchemy.orm import InstrumentedAttribute

from lti_tool.people.invitations.model import InvitationRow


@dataclass(frozen=True)
class Host:
    """Who invites: an issuer, or a Space. The end of an invitation is told on the clocks of its time zone."""

    id: str
    name: str
    organization: str
    zone: ZoneInfo


@dataclass(frozen=True)
class Kind:
    """One kind of invitation. `host` finds who invites, and `hold` holds them: always before a row of theirs. `welcome`
    gives a person what the invitation promises and answers the page that they land on. `words` are the template of
    its roles, `mail` the one of its mail.
    """

    name: str
    model: type[InvitationRow]
    host_column: InstrumentedAttribute[str]
    host: Callable[[str], Host]
    hold: Callable[[str], object]
    welcome: Callable[[Any, str], str]
    words: str
    mail: str

    @property
    def is_open(self) -> ColumnElement[bool]:
        """Neither accepted nor withdrawn; its time may be over."""
        return and_(self.model.accepted_at.is_(None), self.model.withdrawn_at.is_(None))

    def waits_at(self, host_id: str) -> ColumnElement[bool]:
        return and_(self.host_column == host_id, self.is_open)


def init_invitations(app: Flask, kinds: Sequence[Kind]) -> None:
    app.extensions["invitations"] = {kind.name: kind for kind in kinds}


def all_kinds() -> Iterator[Kind]:
    yield from current_app.extensions["invitations"].values()


def kind_named(name: str) -> Kind:
    kind: Kind = current_app.extensions["invitations"][name]
    return kind


def kind_of(row: InvitationRow) -> Kind:
    return next(kind for kind in all_kinds() if isinstance(row, kind.model))
