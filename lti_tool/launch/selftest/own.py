"""Where the temporary platforms of self-tests live, below our own address. An issuer there is no LMS of anybody's."""

from flask import current_app

PREFIX = "/lti/self-test"


def is_temporary(issuer: str) -> bool:
    """Is this the platform of a self-test? What it does counts against nobody's limit: it comes from ourselves."""
    return issuer.startswith(f"{current_app.extensions['settings'].public_url}{PREFIX}/")
