"""Tabs that others hang into the pages of an issuer. `wiring.py` says who; the workshop knows no Space."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from flask import Flask, current_app

from lti_tool.badges.staffing.authority import Power


@dataclass(frozen=True)
class IssuerTab:
    """A tab that leads to `endpoint`, for whoever holds `power`, where `is_on` says so of the organization."""

    endpoint: str
    word: Callable[[], str]
    power: Power
    is_on: Callable[[str], bool]


def init_issuer_tabs(app: Flask, tabs: Sequence[IssuerTab]) -> None:
    def hung_in(organization: str) -> list[tuple[str, str, str]]:
        here = current_app.extensions["issuer_tabs"]
        return [(tab.endpoint, tab.word(), str(tab.power)) for tab in here if tab.is_on(organization)]

    app.extensions["issuer_tabs"] = tuple(tabs)
    app.jinja_env.globals["issuer_tabs"] = hung_in
