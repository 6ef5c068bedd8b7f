"""A house of its own, for a test that needs other settings than all the others."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from flask import Flask

from lti_tool.app import create_app
from lti_tool.settings import Settings
from tests.make.admin import ORIGIN
from tests.make.inside import inside
from tests.make.mailbox import Mailbox


@contextmanager
def house(folder: Path, **options: object) -> Iterator[Flask]:
    """The application with these settings, inside its context."""
    given = {"data_dir": folder, "log_level": "CRITICAL", **options}
    app = create_app(Settings(**given))  # type: ignore[arg-type]
    with inside(app):
        yield app


@contextmanager
def mailing_house(folder: Path, database_url: str, box: Mailbox) -> Iterator[Flask]:
    """A house that mails to this box."""
    hosts = frozenset({"127.0.0.1"})
    with house(folder, database_url=database_url, mail_url=box.url, private_hosts=hosts, public_url=ORIGIN) as app:
        yield app
