"""Migrations of releases that are not there yet, applied by the house's own `env.py` beside its own."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from alembic.config import Config
from alembic.script import Script, ScriptDirectory

from lti_tool.db import migrate
from lti_tool.places import PACKAGE
from lti_tool.schema import RELEASES

_OWN = PACKAGE / "migrations"
_FILE = '''"""{revision}"""

import sqlalchemy as sa
from alembic import op

revision = "{revision}"
down_revision = "{down}"


def upgrade() -> None:
    {deeds}
'''


def chain() -> list[Script]:
    """Our own, the oldest first."""
    return list(ScriptDirectory(str(_OWN)).walk_revisions())[::-1]


def since_the_first_release() -> list[Script]:
    first = next(iter(RELEASES.values()))
    names = [script.revision for script in chain()]
    return chain()[names.index(first) + 1 :]


def made(folder: Path, revision: str, *deeds: str, down: str | None = None) -> Script:
    """A migration with these deeds, behind our newest or behind `down`."""
    folder.mkdir(exist_ok=True)
    down = down or chain()[-1].revision
    text = _FILE.format(revision=revision, down=down, deeds="\n    ".join(deeds))
    (folder / f"{revision}.py").write_text(text)
    return _read(folder).get_revision(revision)


@contextmanager
def besides(folder: Path) -> Iterator[None]:
    """What upgrades inside the block finds those of the folder too."""

    def find_them(config: Config) -> Config:
        _locate(config, folder)
        return config

    migrate.configure(find_them)
    try:
        yield
    finally:
        migrate.configure_callbacks.remove(find_them)


def _read(folder: Path) -> ScriptDirectory:
    config = Config()
    config.set_main_option("script_location", str(_OWN))
    _locate(config, folder)
    return ScriptDirectory.from_config(config)


def _locate(config: Config, folder: Path) -> None:
    config.set_main_option("path_separator", "os")
    config.set_main_option("version_locations", os.pathsep.join([str(_OWN / "versions"), str(folder)]))
