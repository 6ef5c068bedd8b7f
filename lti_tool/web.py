"""What every page shares: the policy headers, the refusal page, panels, and dates as people read them."""

import errno
import secrets
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, tzinfo
from typing import Any
from zoneinfo import ZoneInfo

from babel import localedata
from flask import Flask, Response, current_app, g, jsonify, make_response, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import Babel, format_date, format_datetime, format_timedelta, get_locale
from flask_babel import gettext as _
from flask_wtf import FlaskForm
from markupsafe import Markup
from sqlalchemy.exc import InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from werkzeug.datastructures import CombinedMultiDict, MultiDict
from werkzeug.exceptions import HTTPException
from werkzeug.middleware.proxy_fix import ProxyFix
from wtforms import FileField

from lti_tool import clock, places
from lti_tool.errors import Entry, Problem
from lti_tool.logs import log
from lti_tool.sessions import TwoSessions
from lti_tool.settings import Settings
from lti_tool.storage import StorageAway
from lti_tool.words import said
from lti_tool.work import most_bytes_of, words_back

Panel = Callable[[], str]
_FORM_BYTES = 256 * 1024
_SECRET_PARTS = {"secret", "invite"}
_HTTP_CODES = {400: "bad_request", 404: "not_found", 405: "method_not_allowed", 413: "too_large", 429: "too_many"}
_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)  # a disk, somebody's share of it, or the largest file that may be


def init_web(app: Flask, settings: Settings, panels: Mapping[str, Sequence[Panel]]) -> None:
    """Headers, errors, languages and template words for every page of the house."""
    app.extensions["panels"] = panels
    app.config["MAX_CONTENT_LENGTH"] = settings.upload_bytes + 64 * 1024
    app.config["MAX_FORM_MEMORY_SIZE"] = _FORM_BYTES
    app.config["MAX_FORM_PARTS"] = 200
    app.config["WTF_CSRF_ENABLED"] = False  # a visit's forms carry the visit's own token, see launch/visits.py
    if settings.trusted_proxies:
        hops = settings.trusted_proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops, x_host=hops)  # type: ignore[method-assign]
    Babel(app, locale_selector=_locale, default_translation_directories=str(places.TRANSLATIONS))
    app.jinja_env.policies["ext.i18n.trimmed"] = True
    app.jinja_env.globals.update(
        csp_nonce=csp_nonce, panel=_panel, icon=_icon, contact=settings.support_contact, tab_is=_tab_is,
        said=said, page_language=_language, page_direction=_direction,
        upload_megabytes=f"{settings.upload_bytes / (1024 * 1024):.3g}",
    )  # fmt: skip
    app.context_processor(_who_is_here)
    app.jinja_env.filters.update(day=_day, moment=_moment, moment_there=_moment_there, ago=_ago, said=said)
    app.url_value_preprocessor(_refuse_nul)
    app.url_value_preprocessor(_cap_body)
    app.session_interface = TwoSessions()
    app.after_request(_set_headers)
    app.register_error_handler(Problem, refuse)
    app.register_error_handler(HTTPException, _refuse_http)
    for away in (OperationalError, InterfaceError, PoolTimeout):
        app.register_error_handler(away, _refuse_database)
    app.register_error_handler(StorageAway, lambda fault: refuse(Problem("files_away", facts={"why": str(fault)})))
    app.register_error_handler(Exception, _refuse_unexpected)


class PageForm(FlaskForm):  # type: ignore[misc]  # flask_wtf is untyped
    """What a form of a page sends: files to fields for files and to no others, and never JSON, whose numbers and lists
    would fill fields for words. A line break is one sign, as the field on the page has counted it.
    """

    class Meta(FlaskForm.Meta):  # type: ignore[misc]
        def wrap_formdata(self, form: Any, formdata: Any) -> Any:
            if formdata is None or not form.is_submitted():
                return None
            typed = MultiDict((name, said.replace("\r\n", "\n")) for name, said in request.form.items(multi=True))
            named = [(name, file) for name, file in request.files.items(multi=True) if name in form]
            files = MultiDict((name, file) for name, file in named if isinstance(form[name], FileField))
            return CombinedMultiDict((files, typed))


def csp_nonce() -> str:
    """The nonce that this response's scripts carry."""
    if "csp_nonce" not in g:
        g.csp_nonce = secrets.token_urlsafe(16)
    return str(g.csp_nonce)


def allow_framing_by(ancestors: Sequence[str]) -> None:
    """Say which origins may frame this response; the default is none but ourselves."""
    g.frame_ancestors = tuple(ancestors)


def offer_way_back(url: str) -> None:
    """Where a refusal of this request may lead the reader back to."""
    if url.startswith(("https://", "http://")):
        g.way_back = url


def speak_here(words: Mapping[str, Entry]) -> None:
    """How refusals of this request are worded, where the house's own words would not fit who reads them."""
    g.words_here = words


def allow_posting_to(origins: Sequence[str]) -> None:
    """Forms on this page may end at these origins too: browsers follow a form's redirects with this rule."""
    g.form_targets = tuple(origins)


def wants_json() -> bool:
    return request.path.startswith("/api/") or request.accept_mimetypes.best == "application/json"


def is_fragment() -> bool:
    """Did htmx ask, for a part of the page only?"""
    return request.headers.get("HX-Request") == "true"


def refuse(problem: Problem) -> ResponseReturnValue:
    """The same refusal as page, as JSON and in the log, under one reference (decision 14)."""
    log.info(
        "refused", code=problem.code, reference=problem.reference, path=_path_to_log(), method=request.method,
        **problem.facts,
    )  # fmt: skip
    if wants_json():
        response = jsonify({"error": problem.for_programs})
    else:
        if "frame_ancestors" not in g:
            allow_framing_by(("*",))  # readable inside any LMS: it shows nothing and has no form
        response = make_response(
            render_template("refusal.html", problem=problem, entry=_entry_here(problem), typed=words_back())
        )
    response.headers.extend(dict(problem.headers))
    response.headers["Cache-Control"] = "no-store"
    response.status_code = problem.status
    return response


def _entry_here(problem: Problem) -> Entry:
    words: Mapping[str, Entry] = g.get("words_here", {})
    return words.get(problem.code, problem.entry)


def _refuse_http(error: HTTPException) -> ResponseReturnValue:
    if error.code is not None and error.code < 400:
        return error.get_response()
    code = _HTTP_CODES.get(error.code or 500, "bad_request" if (error.code or 500) < 500 else "internal")
    headers = {name: value for name, value in error.get_headers() if name in ("Allow", "Retry-After")}
    return refuse(Problem(code, headers=headers))


def _refuse_database(error: Exception) -> ResponseReturnValue:
    """The database is away, or busy for longer than we wait."""
    problem = Problem("unavailable")
    log.error("database", reference=problem.reference, exc_info=error)
    return _refuse_alone(problem)


def _refuse_unexpected(error: Exception) -> ResponseReturnValue:
    is_full = isinstance(error, OSError) and error.errno in _FULL
    problem = Problem("no_room" if is_full else "internal")
    log.error("fault", reference=problem.reference, path=_path_to_log(), exc_info=error)
    return _refuse_alone(problem)


def _refuse_alone(problem: Problem) -> ResponseReturnValue:
    """The ways around a page of a visit are asked of the database, which is away, or in the middle of what has failed:
    the refusal stands without them, and is told all the same.
    """
    g.pop("visit", None)
    return refuse(problem)


def _path_to_log() -> str:
    """Where this request went. An address that carries a secret goes by its rule; one that begins like it, and fits no
    rule or another method, by that beginning.
    """
    secret = [one.rule for one in current_app.url_map.iter_rules() if not _SECRET_PARTS.isdisjoint(one.arguments)]
    if request.url_rule is not None:
        return request.url_rule.rule if request.url_rule.rule in secret else request.path
    beginnings = (rule.partition("<")[0] for rule in secret)
    return next((f"{one}…" for one in beginnings if request.path.startswith(one)), request.path)


def _refuse_nul(_endpoint: str | None, _values: object) -> None:
    """No address of ours has a NUL in it, and PostgreSQL faults on one: refused before anything looks it up."""
    if "\x00" in request.path or b"%00" in request.query_string or b"\x00" in request.query_string:
        raise Problem("bad_request")


def _cap_body(endpoint: str | None, _values: object) -> None:
    """Files come in several parts, each with a cap. Whatever comes in one piece is a form, and none is so long."""
    if request.mimetype != "multipart/form-data":
        request.max_content_length = _FORM_BYTES
    elif (most := most_bytes_of(endpoint)) is not None:
        request.max_content_length = most


def _set_headers(response: Response) -> Response:
    response.headers.setdefault("X-Content-Type-Options", "nosniff")
    response.headers.setdefault("Referrer-Policy", "same-origin")  # no-referrer would blank Origin
    response.headers.setdefault("Permissions-Policy", "camera=(), microphone=(), geolocation=()")
    if response.mimetype == "text/html":
        response.headers.setdefault("Cache-Control", "no-store")
        if "Location" not in response.headers:  # nobody looks at a redirect
            response.headers.setdefault("Content-Security-Policy", _policy())
    return response


def _policy() -> str:
    ancestors = g.get("frame_ancestors", ("'none'",))
    targets = " ".join(("'self'", *g.get("form_targets", ())))
    rules = [
        "default-src 'none'",
        f"script-src 'nonce-{csp_nonce()}'",
        "style-src 'self'",
        "img-src 'self' data:",
        "font-src 'self'",
        "connect-src 'self'",
        f"form-action {targets}",
        "base-uri 'none'",
    ]
    if ancestors:
        rules.append("frame-ancestors " + " ".join(ancestors))
    return "; ".join(rules)


def _locale() -> str:
    """The language of this reader: the launch's where there is one, the browser's otherwise. Programs read English."""
    offered = current_app.extensions["languages"]
    if request and request.path.startswith("/api/"):
        return str(offered[0])
    wanted = str(g.get("locale", ""))
    if wanted.split("_")[0] in offered:
        return wanted if localedata.exists(wanted) else wanted.split("_")[0]  # English is taught in places without one
    heard = request.accept_languages.best_match(offered) if request else None  # none for a job
    return heard or str(offered[0])


def _panel(slot: str) -> Markup:
    """What others hang into this page. `wiring.py` says who; a room knows only the name of its slot."""
    return Markup("").join(Markup(show()) for show in current_app.extensions["panels"].get(slot, ()))  # noqa: S704


def _icon(name: str) -> Markup:
    """One of our icons; the words beside it carry the meaning."""
    sprite = current_app.jinja_env.globals["asset"]("vendor/icons.svg")  # type: ignore[operator]
    return Markup('<svg class="icon" width="16" height="16" aria-hidden="true" focusable="false">'
                  '<use href="{}#{}"></use></svg>').format(sprite, name)  # fmt: skip


def _tab_is(endpoint: str) -> bool:
    return (request.endpoint or "").removeprefix("home_") == endpoint  # the same page lives in a visit and at home


def _language() -> str:
    return str(get_locale()).replace("_", "-")


def _direction() -> str:
    return "rtl" if get_locale().text_direction == "rtl" else "ltr"


def _who_is_here() -> dict[str, Any]:
    return {"visit": g.get("visit"), "way_back": g.get("way_back")}


def _day(value: Any, zone: tzinfo = UTC) -> str:
    """A day as it is written; of a moment, the one on which it lies there."""
    if not value:
        return ""
    day = value.astimezone(zone).date() if isinstance(value, datetime) else value
    return str(format_date(day, _("EEE d MMM yyyy")))  # the letters mean what Unicode's TR 35 says


def _moment(value: datetime | None) -> Markup:
    """A weekday, date and time in UTC, said once, in a `time` element."""
    if value is None:
        return Markup("")
    shown = format_datetime(value.astimezone(UTC), _("EEE d MMM yyyy, HH:mm"))
    return Markup('<time datetime="{}">{} UTC</time>').format(clock.iso(value), shown)


def _moment_there(value: datetime, zone: ZoneInfo) -> str:
    """A weekday, date and time on the clocks of a place, which is named: for a mail, which has no other words near."""
    shown = format_datetime(value.astimezone(zone), _("EEE d MMM yyyy, HH:mm"), rebase=False)
    return f"{shown} ({zone.key})"


def _ago(value: datetime | None) -> str:
    return format_timedelta(value - clock.now(), add_direction=True) if value else ""
