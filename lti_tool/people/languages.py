"""In which language somebody is written to who is not here. The door knows it of their visits; `wiring.py` asks it."""

from collections.abc import Callable, Sequence

from flask import Flask, current_app

Teller = Callable[[str], str | None]


def init_languages(app: Flask, tellers: Sequence[Teller]) -> None:
    app.extensions["languages_of_people"] = tuple(tellers)


def language_of(person: str) -> str | None:
    """The one that they read last; None where nobody knows."""
    told = (tell(person) for tell in current_app.extensions["languages_of_people"])
    return next((language for language in told if language), None)
