"""Every setting, typed, on one page; read once at start from `config/*.toml` and then `LTI_TOOL_<NAME>`.

`config/README.md` explains each of them, and a test keeps the two lists equal.
"""

import os
import re
import secrets
import shlex
from pathlib import Path
from typing import Annotated
from urllib.parse import urlsplit

from pydantic import AfterValidator, BeforeValidator, Field
from pydantic_settings import (
    BaseSettings,
    NoDecode,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)

from lti_tool import places


def _names(value: object) -> object:
    """Environment variables carry lists as `one, two`."""
    if isinstance(value, str):
        return frozenset(part.strip().lower() for part in value.split(",") if part.strip())
    return value


def _nothing(value: object) -> object:
    return value or None


def _file(value: Path | None) -> Path | None:
    if value and not value.is_file():
        raise ValueError("should be a file of certificates, such as /etc/ssl/certs/ca-certificates.crt")
    return value


def _rate(value: str) -> str:
    """One that cannot be read would be no limit at all: the limiter does no more than log it."""
    if not re.fullmatch(r"[1-9][0-9]* per (second|minute|hour|day)", value):
        raise ValueError("should be a number of requests and a time, such as 3000 per minute")
    return value


def _never_or_a_month(value: int) -> int:
    """What went cannot be had back, so that a slip such as 3 for 300 may not count."""
    if value and value < 30:
        raise ValueError("should be 0 or at least 30")
    return value


def _web_address(value: str) -> str:
    parts = urlsplit(value)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.query or parts.fragment:
        raise ValueError("should be a web address, such as https://badges.example.org")
    return value.rstrip("/")


def _database(value: str) -> str:
    if value and not value.startswith(("postgresql", "sqlite")):
        raise ValueError("should begin with postgresql:// or sqlite:///")
    return value


def _counts(value: str) -> str:
    if value and value != "memory://" and not value.startswith(("redis://", "rediss://")):
        raise ValueError("should begin with redis:// or rediss://, or be memory://")
    return value


def _files(value: str) -> str:
    parts = urlsplit(value)
    if value and (parts.scheme not in ("s3", "gs", "az") or not parts.hostname or parts.username):
        raise ValueError("should be a bucket, such as s3://bucket/prefix; credentials come from the environment")
    return value.rstrip("/")


def _mail_server(value: str) -> str:
    parts = urlsplit(value)
    if value and (parts.scheme not in ("smtp", "smtps") or not parts.hostname):
        raise ValueError("should be a mail server, such as smtp://user:password@mail.example.org:587")
    return value


def _token(value: str) -> str:
    if value and (len(value) < 16 or not re.fullmatch(r"[\x21-\x7e]+", value)):
        raise ValueError("should be at least 16 letters, digits and signs without a space")
    return value


def _command(value: str) -> str:
    try:
        words = shlex.split(value)
    except ValueError:
        words = []
    if value and not words:
        raise ValueError("should be a command, such as clamdscan --fdpass --no-summary")
    return value


Rate = Annotated[str, AfterValidator(_rate)]


class BadSetting(ValueError):  # noqa: N818 - it is what the operator is told
    """A setting that cannot be used, in a sentence for the operator."""


class Settings(BaseSettings):
    """The whole configuration. Unknown names in the files are refused at start."""

    model_config = SettingsConfigDict(env_prefix="LTI_TOOL_", extra="forbid", frozen=True)

    data_dir: Path = Path("var")
    files_url: Annotated[str, AfterValidator(_files)] = ""
    database_url: Annotated[str, AfterValidator(_database)] = ""
    public_url: Annotated[str, AfterValidator(_web_address)] = "http://localhost:8000"
    secret_key: str = ""
    private_hosts: Annotated[frozenset[str], NoDecode, BeforeValidator(_names)] = frozenset()
    private_badge_hosts: Annotated[frozenset[str], NoDecode, BeforeValidator(_names)] = frozenset()
    certificate_authorities: Annotated[Path | None, BeforeValidator(_nothing), AfterValidator(_file)] = None
    mail_url: Annotated[str, AfterValidator(_mail_server)] = ""
    jobs_url: str = ""
    limits_url: Annotated[str, AfterValidator(_counts)] = ""
    contact_email: str = "badges@example.org"
    support_contact: str = ""
    metrics_token: Annotated[str, AfterValidator(_token)] = ""
    traces_url: str = ""
    web_workers: int = Field(default=1, ge=1, le=64)
    web_threads: int = Field(default=8, ge=1, le=256)
    job_threads: int = Field(default=2, ge=1, le=64)
    job_lease_seconds: float = Field(default=15.0, gt=0)
    job_sweep_seconds: float = Field(default=10.0, gt=0)
    visit_idle_minutes: int = Field(default=60, ge=1)
    visit_hours: int = Field(default=12, ge=1)
    login_limit: Rate = "3000 per minute"
    refusal_limit: Rate = "100 per minute"
    platform_refusal_limit: Rate = "600 per minute"
    notice_limit: Rate = "3000 per minute"
    api_caller_limit: Rate = "1200 per minute"
    api_address_limit: Rate = "6000 per minute"
    upload_bytes: int = Field(default=2 * 1024 * 1024, ge=1024)
    table_bytes: int = Field(default=16 * 1024 * 1024, ge=1024)
    table_rows: int = Field(default=100_000, ge=1, le=1_000_000)
    evidence_bytes: int = Field(default=20 * 1024 * 1024, ge=1024)
    evidence_total_bytes: int = Field(default=50 * 1024 * 1024, ge=1024)
    evidence_files: int = Field(default=10, ge=1, le=50)
    scan_command: Annotated[str, AfterValidator(_command)] = ""
    scan_seconds: float = Field(default=120.0, gt=0, le=3600)
    picture_pixels: int = Field(default=10_000_000, ge=10_000, le=16_777_216)
    picture_elements: int = Field(default=30_000, ge=100, le=30_000)
    picture_depth: int = Field(default=64, ge=8, le=64)
    verify_limit: Rate = "60 per minute"
    verify_at_once: int = Field(default=3, ge=1, le=256)
    verify_strangers_at_once: int = Field(default=2, ge=1, le=256)
    verify_requests: int = Field(default=12, ge=1, le=100)
    verify_redirects: int = Field(default=4, ge=0, le=10)
    verify_bytes: int = Field(default=1024 * 1024, ge=1024)
    verify_seconds: float = Field(default=20.0, gt=0)
    imported_badges: int = Field(default=500, ge=1, le=10_000)
    imported_checks: int = Field(default=20, ge=1, le=1000)
    failed_jobs_days: int = Field(default=90, ge=7)
    people_days: int = Field(default=0, ge=0)
    evidence_days: Annotated[int, AfterValidator(_never_or_a_month)] = 0
    trusted_proxies: int = Field(default=0, ge=0, le=5)
    log_level: str = "INFO"

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        files = [places.CONFIG / "default.toml"]
        chosen = os.environ.get("LTI_TOOL_CONFIG")
        if chosen:
            files.append(places.CONFIG / f"{chosen}.toml" if chosen.isidentifier() else Path(chosen))
        return (init_settings, env_settings, TomlConfigSettingsSource(settings_cls, files))

    @property
    def database(self) -> str:
        """The SQLAlchemy URL: the one that was set, or SQLite in `data_dir`."""
        return self.database_url or f"sqlite:///{(self.data_dir / 'spaces.db').resolve()}"

    @property
    def on_sqlite(self) -> bool:
        return self.database.startswith("sqlite")

    @property
    def limits(self) -> str:
        """The Redis in which all processes count together: its own, or that of the jobs; none where each counts for
        itself.
        """
        jobs = self.jobs_url if self.jobs_url.startswith(("redis://", "rediss://")) else ""
        return (self.limits_url or jobs).removeprefix("memory://")

    @property
    def is_https(self) -> bool:
        return self.public_url.startswith("https://")

    @property
    def origin(self) -> str:
        """Our own origin as a browser writes it in `Origin`."""
        parts = urlsplit(self.public_url)
        return f"{parts.scheme}://{parts.netloc}"

    def secrets(self) -> list[str]:
        """The first one signs and seals, all of them read: set, separated by commas, or made once in `data_dir`."""
        named = [one.strip() for one in self.secret_key.split(",") if one.strip()]
        return named or [self._own_secret()]

    def _own_secret(self) -> str:
        self.data_dir.mkdir(parents=True, exist_ok=True)
        kept = self.data_dir / "secret_key"
        if not kept.exists():
            fresh = self.data_dir / f"secret_key.{secrets.token_hex(4)}"
            fresh.touch(mode=0o600)  # nobody else may read it, not even for a moment
            fresh.write_text(secrets.token_urlsafe(48))
            try:
                os.link(fresh, kept)  # the first process wins, the others read what it wrote
            except FileExistsError:
                pass
            finally:
                fresh.unlink()
        return kept.read_text().strip()
