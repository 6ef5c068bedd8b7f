"""The application: settings in, a Flask app out. Nothing is created at import."""

from flask import Flask

from lti_tool import jobs, places, wiring
from lti_tool.api.blueprint import api
from lti_tool.assets import init_assets
from lti_tool.badges.public import public
from lti_tool.db import init_database
from lti_tool.fetch import Fetcher
from lti_tool.health import health
from lti_tool.launch.blueprint import door
from lti_tool.launch.platform_keys import KeyCache
from lti_tool.launch.roster import roster_pages
from lti_tool.launch.visits import PREFIX, init_visits
from lti_tool.limits import init_limits
from lti_tool.logs import init_logs
from lti_tool.outbox import init_outbox
from lti_tool.settings import Settings
from lti_tool.spaces.blueprint import room
from lti_tool.storage import FolderStorage
from lti_tool.web import init_web

LANGUAGES = ("en",)


def create_app(settings: Settings | None = None) -> Flask:
    """The whole house under one roof. `settings` are read from files and environment when not given."""
    settings = settings or Settings()
    init_logs(settings)
    app = Flask("lti_tool", template_folder=str(places.TEMPLATES), static_folder=str(places.PACKAGE / "static"))
    app.secret_key = settings.key()
    fetcher = Fetcher(settings.private_hosts, user_agent="Spaces-for-the-LMS/0.1")
    app.extensions |= {
        "settings": settings,
        "languages": LANGUAGES,
        "storage": FolderStorage(settings.data_dir / "files"),
        "fetcher": fetcher,
        "key_cache": KeyCache(fetcher),
    }
    init_database(app, settings)
    init_outbox(app, wiring.REACTIONS)
    init_web(app, settings, wiring.PANELS)
    init_assets(app)
    init_limits(app, settings)
    init_visits(app)
    jobs.init_jobs(app, settings, wiring.JOBS, wiring.SCHEDULE)
    for page in (door, public, health):
        app.register_blueprint(page)
    for page in (room, roster_pages):
        app.register_blueprint(page, url_prefix=PREFIX)
    app.register_blueprint(api, url_prefix="/api/v1")
    return app
