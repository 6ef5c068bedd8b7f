"""Spaces of an issuer, made without an LMS: the tab that hangs in the workshop's pages (SP-01, SP-03)."""

from flask_babel import gettext

from lti_tool.badges.issuer_tabs import IssuerTab
from lti_tool.badges.staffing.authority import Power
from lti_tool.spaces.space import uses_spaces

SPACES_TAB = IssuerTab("making.issuer_spaces", lambda: gettext("Spaces"), Power.EDIT, uses_spaces)
