"""How often one address may knock. Limits that must be exact everywhere are counted in the database instead."""

from flask import Flask, current_app
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address

from lti_tool.settings import Settings

limiter = Limiter(key_func=get_remote_address, storage_uri="memory://", headers_enabled=False)


def init_limits(app: Flask, settings: Settings) -> None:
    app.config["RATELIMIT_LOGIN"] = settings.login_limit
    limiter.init_app(app)


def logins() -> str:
    """The limit on logins that are begun; a class of two hundred behind one address stays far below it."""
    return str(current_app.config["RATELIMIT_LOGIN"])
