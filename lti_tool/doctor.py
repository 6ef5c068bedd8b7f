"""What `lti-tool check` looks at: what an operator would otherwise find out from a teacher."""

import secrets
import shlex
import shutil
import smtplib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from flask import current_app
from sqlalchemy.exc import SQLAlchemyError

from lti_tool.fetch import Answer, Fetcher, FetchProblem
from lti_tool.jobs.reads import queue, standing
from lti_tool.launch.key_care import secrets_that_cannot_be_opened
from lti_tool.launch.platform_keys import shows_private_parts
from lti_tool.launch.platforms import all_platforms
from lti_tool.launch.selftest.own import is_temporary
from lti_tool.limits import counts_are_kept
from lti_tool.mail import Mailer
from lti_tool.places import PACKAGE
from lti_tool.schema import Standing
from lti_tool.schema import standing as standing_of_schema
from lti_tool.settings import Settings
from lti_tool.storage import StorageAway, key_of, storage_here

_LONG_MINUTES, _TOO_LONG_MINUTES = 5, 10


@dataclass(frozen=True)
class Finding:
    """One thing looked at. `wrong` stops the work, `watch` may."""

    grade: Literal["good", "watch", "wrong"]
    sentence: str


def findings() -> list[Finding]:
    """Everything looked at, in the order in which one would mend it."""
    settings: Settings = current_app.extensions["settings"]
    return [
        *_address(settings), *_files(settings), *_limits(), *_mail(), *_scanner(settings), *_database(),
        *_browser_files(),
    ]  # fmt: skip


def _address(settings: Settings) -> Iterator[Finding]:
    if settings.is_https:
        yield Finding("good", f"The tool's address is {settings.public_url}.")
    else:
        yield Finding("watch", f"The tool's address is {settings.public_url}: an LMS needs https, set PUBLIC_URL.")
    if settings.contact_email.endswith("@example.org"):
        yield Finding("watch", "CONTACT_EMAIL is not set: new issuers carry an example address.")


def _files(settings: Settings) -> Iterator[Finding]:
    try:
        probe = settings.data_dir / ".probe"
        settings.data_dir.mkdir(parents=True, exist_ok=True)
        probe.write_text("")
        probe.unlink()
        yield Finding("good", f"Files can be written in {settings.data_dir}.")
    except OSError as fault:
        yield Finding("wrong", f"Files cannot be written in {settings.data_dir}: {fault.strerror}.")
    if settings.files_url:
        yield _objects(settings.files_url)


def _objects(url: str) -> Finding:
    """Everything that the tool does there is tried, with a file that nobody else has."""
    storage = storage_here()
    try:
        key = storage.put(secrets.token_bytes(32))
        whole = key_of(storage.get(key)) == key
        storage.delete(key)
        if whole and not storage.exists(key):
            return Finding("good", f"Files can be kept, read and deleted at {url}.")
    except (StorageAway, KeyError) as fault:
        return Finding("wrong", f"Files cannot be kept at FILES_URL: {fault}.")
    return Finding("wrong", f"What is kept at {url} does not come back as it was.")


def _limits() -> Iterator[Finding]:
    if not counts_are_kept():
        yield Finding("watch", "The Redis of LIMITS_URL (or JOBS_URL) does not answer: until it does, each process "
                               "counts its limits for itself.")  # fmt: skip


def _mail() -> Iterator[Finding]:
    mailer: Mailer = current_app.extensions["mailer"]
    try:
        mailer.greet()
    except (OSError, smtplib.SMTPException) as fault:
        yield Finding("wrong", f"The mail server does not let us in ({type(fault).__name__}): look at MAIL_URL. Mails "
                               "wait for a day.")  # fmt: skip


def _scanner(settings: Settings) -> Iterator[Finding]:
    if settings.scan_command and shutil.which(shlex.split(settings.scan_command)[0]) is None:
        yield Finding("wrong", "The program of SCAN_COMMAND is not there: until it is, no file that is handed in is "
                               "shown to anybody.")  # fmt: skip


def _database() -> Iterator[Finding]:
    try:
        schema = standing_of_schema()
    except SQLAlchemyError as fault:
        yield Finding("wrong", f"The database does not answer ({type(fault).__name__}): look at DATABASE_URL.")
        return
    if schema is Standing.BEHIND:
        yield Finding("wrong", "The database's schema is not up to date: run `lti-tool migrate`.")
        return
    if schema is Standing.BEYOND:
        yield Finding("wrong", "A newer version has taken away from the database what this one needs: install it here.")
        return
    if schema is Standing.AHEAD:
        yield Finding("watch", "A newer version has migrated the database. This one serves it: install the newer one.")
    else:
        yield Finding("good", "The database answers and its schema is up to date.")
    yield from _platforms()
    yield from _secrets()
    yield from _jobs()


def _platforms() -> Iterator[Finding]:
    known = [one for one in all_platforms() if not is_temporary(one.issuer)]
    if not known:
        yield Finding("watch", "No platform is registered yet: run `lti-tool platform invite`, or `platform add`.")
    fetcher: Fetcher = current_app.extensions["fetcher"]
    for platform in (one for one in known if one.switched_off_at is None):
        try:
            answer = fetcher.get(platform.jwks_url)
        except FetchProblem as problem:
            yield Finding("wrong", f"The keys of {platform.name} cannot be fetched: {problem.reason}.")
            continue
        grade: Literal["good", "wrong"] = "good" if answer.status == 200 else "wrong"
        yield Finding(grade, f"The keys of {platform.name} answer with status {answer.status}.")
        if answer.status == 200 and _shows_private_keys(answer):
            yield Finding("wrong", f"{platform.name} publishes its private keys, so anybody can sign its launches: "
                                   "ask its administrator for new ones, or switch it off.")  # fmt: skip


def _shows_private_keys(answer: Answer) -> bool:
    try:
        return shows_private_parts(answer.json().get("keys"))
    except FetchProblem:  # no key set at all: its launches say so
        return False


def _secrets() -> Iterator[Finding]:
    for kind, count in secrets_that_cannot_be_opened().items():
        yield Finding("wrong", f"Sealed under a SECRET_KEY that is gone, {kind}: {count}. Put the old one "
                               "back, behind a comma, or rotate the platform's keys at once.")  # fmt: skip


def _jobs() -> Iterator[Finding]:
    if fault := queue().fault:
        yield Finding("wrong", f"The job queue does not answer ({fault}): look at JOBS_URL. Nothing is lost, but jobs "
                               "are done slowly, one after the other.")  # fmt: skip
    found = standing()
    for (kind, why), count in found.gave_up.items():
        yield Finding("watch", f"Jobs that gave up in the last week, {kind}: {count} ({why}). `job_gave_up` in the log "
                               "names each.")  # fmt: skip
    minutes = int(found.waits.total_seconds() // 60)
    if minutes >= _LONG_MINUTES:
        grade: Literal["watch", "wrong"] = "wrong" if minutes >= _TOO_LONG_MINUTES else "watch"
        yield Finding(grade, f"Jobs wait for {minutes} minutes already: is `lti-tool serve` or `work` running?")


def _browser_files() -> Iterator[Finding]:
    if not (PACKAGE / "static" / "vendor").is_dir():
        yield Finding("wrong", "The browser files are missing: run `make setup`.")
