"""Who follows a pathway: the rooms above tell it, and the workshop knows them by this page only."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from flask import Flask, current_app


@dataclass(frozen=True)
class Follower:
    """A Space that follows the pathway, with so many learners."""

    name: str
    people: int


Teller = Callable[[Sequence[str]], Mapping[str, Sequence[Follower]]]


def init_followers(app: Flask, tellers: Sequence[Teller]) -> None:
    app.extensions["pathway_followers"] = tuple(tellers)


def followers_of(pathway_id: str) -> list[Follower]:
    return followers_of_many([pathway_id])[pathway_id]


def followers_of_many(pathways: Sequence[str]) -> dict[str, list[Follower]]:
    """Who follows each of these; an empty list where nobody does."""
    found: dict[str, list[Follower]] = {one: [] for one in pathways}
    for tell in current_app.extensions["pathway_followers"]:
        for pathway, followers in tell(pathways).items():
            found[pathway] += followers
    return found
