"""Every address of the API on one page."""

from flask import Blueprint

from lti_tool.api import model as model

api = Blueprint("api", __name__)
