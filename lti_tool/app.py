"""The application: settings in, a Flask app out. Nothing is created at import."""

from flask import Blueprint, Flask

from lti_tool import jobs, places, wiring
from lti_tool.api.blueprint import api
from lti_tool.assets import init_assets
from lti_tool.badges.awarding.blueprint import awarding
from lti_tool.badges.backpack.blueprint import backpack
from lti_tool.badges.backpack.public import public_collections
from lti_tool.badges.exporting.blueprint import exporting
from lti_tool.badges.issuer_tabs import init_issuer_tabs
from lti_tool.badges.pathways.blueprint import pathways
from lti_tool.badges.pathways.followers import init_followers
from lti_tool.badges.public import public
from lti_tool.badges.replacing.blueprint import replacing
from lti_tool.badges.staffing.blueprint import issuer_console, staffing
from lti_tool.badges.staffing.navigation import sees_issuers
from lti_tool.badges.uses import init_uses
from lti_tool.badges.verifying.blueprint import verifying
from lti_tool.badges.workshop.blueprint import workshop
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
from lti_tool.metrics import metrics
from lti_tool.object_storage import storage_at
from lti_tool.outbox import init_outbox
from lti_tool.people.addresses import HOME, HOME_NAME, page_url
from lti_tool.people.admin.blueprint import administration
from lti_tool.people.admin.session import init_admin
from lti_tool.people.home.blueprint import at_home, people_home
from lti_tool.people.home.proving import school_here
from lti_tool.people.home.session import init_home
from lti_tool.people.invitations.blueprint import invited
from lti_tool.people.invitations.kinds import init_invitations
from lti_tool.people.languages import init_languages
from lti_tool.people.looks import looks
from lti_tool.people.privacy.blueprint import own_data, privacy
from lti_tool.people.privacy.keeping import init_personal
from lti_tool.retention import init_retention
from lti_tool.settings import Settings
from lti_tool.spaces.at_home import init_rooms_at_home
from lti_tool.spaces.blueprint import room
from lti_tool.spaces.courses import init_courses
from lti_tool.spaces.home_blueprint import spaces_at_home
from lti_tool.spaces.last_term import init_last_term
from lti_tool.spaces.making.blueprint import making
from lti_tool.spaces.my_spaces import sees_spaces
from lti_tool.spaces.pathways.reads import follows_any
from lti_tool.tracing import init_tracing
from lti_tool.web import init_web

LANGUAGES = ("en", "de")
_NAME = "Spaces-for-the-LMS/0.1"  # as servers outside read it
WORKSHOP: tuple[Blueprint, ...] = (
    workshop, staffing, awarding, backpack, exporting, replacing, pathways, making, people_home, own_data,
    looks,
)  # fmt: skip


def create_app(settings: Settings | None = None) -> Flask:
    """The whole house under one roof. `settings` are read from files and environment when not given."""
    settings = settings or Settings()
    init_logs(settings)
    app = Flask("lti_tool", template_folder=str(places.TEMPLATES), static_folder=str(places.PACKAGE / "static"))
    app.secret_key, *app.config["SECRET_KEY_FALLBACKS"] = settings.secrets()
    fetcher = _fetcher(settings)
    app.extensions |= {
        "settings": settings,
        "languages": LANGUAGES,
        "storage": storage_at(settings, "files"),
        "previews": storage_at(settings, "previews"),
        "fetcher": fetcher,
        "badge_fetcher": _badge_fetcher(settings),
        "key_cache": KeyCache(fetcher),
    }
    init_database(app, settings)
    init_tracing(app, settings)
    init_outbox(app, wiring.REACTIONS)
    init_followers(app, wiring.PATHWAY_FOLLOWERS)
    init_uses(app, wiring.USES, wiring.ISSUERS_HERE)
    init_issuer_tabs(app, wiring.ISSUER_TABS)
    init_courses(app, wiring.COURSES)
    init_last_term(app, wiring.ORIGINS)
    init_languages(app, wiring.LANGUAGES)
    init_invitations(app, wiring.INVITATIONS)
    init_personal(app, wiring.PERSONAL)
    init_retention(app, wiring.RETENTION)
    init_web(app, settings, wiring.PANELS)
    init_assets(app)
    app.jinja_env.globals.update(page_url=page_url, sees_issuers=sees_issuers, school_here=school_here)
    app.jinja_env.globals.update(sees_spaces=sees_spaces, follows_pathways=follows_any)
    init_limits(app, settings)
    init_visits(app)
    init_mail(app, settings)
    init_admin(app)
    init_home(app)
    init_rooms_at_home(app)
    jobs.init_jobs(app, settings, wiring.JOBS, wiring.SCHEDULE)
    _open_addresses(app)
    return app


def _fetcher(settings: Settings) -> Fetcher:
    own = f"{settings.public_url}{SELF_TEST}/"
    return Fetcher(settings.private_hosts, _NAME, own=own, authorities=settings.certificate_authorities)


def _badge_fetcher(settings: Settings) -> Fetcher:
    """Anybody may choose the addresses in a badge: the hosts that are named for LMSs and mail stay closed to them."""
    return Fetcher(settings.private_badge_hosts, _NAME, authorities=settings.certificate_authorities)


def _open_addresses(app: Flask) -> None:
    """Every page under the path it lives at; those of the rooms and of the workshop live in a visit and at home."""
    for page in (door, public, public_collections, verifying, health, metrics):
        app.register_blueprint(page)
    for page in (room, inside, roster_pages, gradebook_pages, about_pages):
        app.register_blueprint(page, url_prefix=PREFIX)
    for page in WORKSHOP:
        app.register_blueprint(page, url_prefix=PREFIX)
        app.register_blueprint(page, url_prefix=HOME, name=HOME_NAME.format(page.name))
    app.register_blueprint(room, url_prefix=f"{HOME}/spaces/<space_id>", name=HOME_NAME.format(room.name))
    for page in (at_home, invited, spaces_at_home):
        app.register_blueprint(page, url_prefix=HOME)
    for page in (administration, console, self_test_console, issuer_console, privacy):
        app.register_blueprint(page, url_prefix="/admin")
    app.register_blueprint(self_test_platform, url_prefix=SELF_TEST)
    app.register_blueprint(api, url_prefix="/api/v1")
