"""The sessions of Flask: one under `/home` and one under `/admin`, and none anywhere else (decision 5)."""

from flask import Flask, Request, Response, request
from flask.sessions import SecureCookieSession, SecureCookieSessionInterface, SessionInterface, SessionMixin


class _SessionUnder(SecureCookieSessionInterface):
    """One of the two sessions: its cookie's name, its path and the key of its signature are its own."""

    def __init__(self, place: str) -> None:
        self._place = place
        self.salt = f"{place}-session"

    def get_cookie_name(self, app: Flask) -> str:
        return f"{self._place}_session"

    def get_cookie_path(self, app: Flask) -> str:
        return f"/{self._place}"


class TwoSessions(SessionInterface):
    """Flask's own session serves `/home` and `/admin` alone, each its own; elsewhere no cookie is read (decision 5)."""

    _under = {f"/{place}": _SessionUnder(place) for place in ("home", "admin")}

    def open_session(self, app: Flask, request: Request) -> SecureCookieSession | None:
        own = self._under.get(_first_step(request.path))
        return own.open_session(app, request) if own else None

    def save_session(self, app: Flask, session: SessionMixin, response: Response) -> None:
        self._under[_first_step(request.path)].save_session(app, session, response)


def _first_step(path: str) -> str:
    return f"/{path.split('/')[1]}"
