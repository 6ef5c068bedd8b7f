"""Inside an application's context, and out of it again with no connection left behind, whatever happened there."""

from collections.abc import Iterator
from contextlib import contextmanager

from flask import Flask

from lti_tool.db import db


@contextmanager
def inside(app: Flask) -> Iterator[Flask]:
    with app.app_context():
        try:
            yield app
        finally:
            db.session.remove()
            db.engine.dispose()
