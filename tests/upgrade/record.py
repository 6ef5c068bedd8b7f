"""`python -m tests.upgrade.record 0.2.0`: keep what this release leaves behind, on the day it is released.

Run from the release's own code, once. What is kept is never made anew afterwards: it is what installations have.
"""

import sys
from dataclasses import asdict
from pathlib import Path
from tempfile import TemporaryDirectory

from flask import Flask
from flask_migrate import upgrade

from lti_tool import clock
from lti_tool.safekeeping.backing_up import back_up
from lti_tool.safekeeping.restoring import restore
from tests.make.house import house
from tests.make.postgres import create_database, private_postgres
from tests.upgrade.furnished import facts_in, furnish, looked_at, words_on
from tests.upgrade.releases import FOLDER, SECRET, Release, dump, write
from tests.upgrade.statements import statements


def record(name: str) -> None:
    release = Release(name)
    release.folder.mkdir(parents=True)
    write(release.folder, "statements", statements())
    with private_postgres() as server, TemporaryDirectory() as here, TemporaryDirectory() as there:
        url = f"sqlite:///{Path(here) / 'spaces.db'}"
        with house(Path(here), database_url=url, secret_key=SECRET, public_url="http://localhost:8000") as app:
            upgrade()
            _keep(app, release, url)
        url = create_database(server)
        with house(Path(there), database_url=url, secret_key=SECRET):
            restore(release.backup)
            dump(release.folder, url)


def _keep(app: Flask, release: Release, url: str) -> None:
    moment, there = clock.now(), furnish()
    back_up(release.backup)
    dump(release.folder, url)
    seen = [
        [who, path, answer.status_code, words_on(answer), facts_in(answer) if who == "anybody" else None]
        for who, path, answer in looked_at(app, there)
        if answer.status_code == 200
    ]
    said = {"moment": moment.isoformat(), "tenant": asdict(there.tenant), "owner": there.owner, "seen": seen}
    write(release.folder, "seen", said)
    print(f"{len(seen)} pages, {sum(len(one[3]) for one in seen)} words on them, kept in {FOLDER / release.name}.")


if __name__ == "__main__":
    record(sys.argv[1])
