"""The application: settings in, a Flask app out. Nothing is created at import."""

from flask import Flask

from lti_tool import jobs, places, wiring
from lti_tool.api.blueprint import api
from lti_tool.assets import init_assets
from lti_tool.badges.public import public
from lti_tool.db import init_database
from lti_tool.fetch import Fetcher
from lti_tool.health import health
from lti_tool.launch.about import about_pages
from lti_tool.launch.blueprint import door, inside
from lti_tool.launch.console.blueprint import console
from lti_tool.launch.gradebook import gradebook_pages
from lti_tool.launch.platform_keys import KeyCache
from lti_tool.launch.roster import roster_pages
from lti_tool.launch.selftest.blueprint import self_test_console, self_test_platform
from lti_tool.launch.selftest.own import PREFIX as SELF_TEST
from lti_tool.launch.visits import PREFIX, init_visits
from lti_tool.limits import init_limits
from lti_tool.logs import init_logs
from lti_tool.mail import init_mail
from lti_tool.outbox import init_outbox
from lti_tool.people.admin.blueprint import administration
from lti_tool.people.admin.session import init_admin
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
    app.secret_key, *app.config["SECRET_KEY_FALLBACKS"] = settings.secrets()
    own = f"{settings.public_url}{SELF_TEST}/"
    fetcher = Fetcher(settings.private_hosts, user_agent="Spaces-for-the-LMS/0.1", own=own)
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
    init_mail(app, settings)
    init_admin(app)
    jobs.init_jobs(app, settings, wiring.JOBS, wiring.SCHEDULE)
    for page in (door, public, health):
        app.register_blueprint(page)
    for page in (room, inside, roster_pages, gradebook_pages, about_pages):
        app.register_blueprint(page, url_prefix=PREFIX)
    for page in (administration, console, self_test_console):
        app.register_blueprint(page, url_prefix="/admin")
    app.register_blueprint(self_test_platform, url_prefix=SELF_TEST)
    app.register_blueprint(api, url_prefix="/api/v1")
    return app
