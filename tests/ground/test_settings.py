"""Settings: files, then the environment, read once; and the secret that nobody has to think of."""

import stat
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from pydantic import ValidationError

from lti_tool.settings import Settings


@pytest.fixture(autouse=True)
def only_what_a_test_sets(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("LTI_TOOL_CONFIG", raising=False)
    monkeypatch.setenv("LTI_TOOL_DATA_DIR", str(tmp_path))


def test_with_nothing_set_it_is_sqlite_and_one_machine(tmp_path: Path) -> None:
    settings = Settings()

    assert settings.database == f"sqlite:///{tmp_path / 'spaces.db'}"
    assert (settings.on_sqlite, settings.jobs_url, settings.trusted_proxies) == (True, "", 0)
    assert (settings.job_lease_seconds, settings.job_sweep_seconds) == (15, 10)


def test_the_environment_counts_more_than_the_files(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LTI_TOOL_CONFIG", "production")
    monkeypatch.setenv("LTI_TOOL_JOB_THREADS", "7")

    assert (Settings().web_threads, Settings().job_threads, Settings().trusted_proxies) == (16, 7, 1)


def test_a_file_of_ones_own_may_be_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "ours.toml").write_text('support_contact = "Ask room 12."\n')
    monkeypatch.setenv("LTI_TOOL_CONFIG", str(tmp_path / "ours.toml"))

    assert Settings().support_contact == "Ask room 12."


def test_a_misspelt_name_in_a_file_is_refused(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "ours.toml").write_text('publik_url = "https://badges.example"\n')
    monkeypatch.setenv("LTI_TOOL_CONFIG", str(tmp_path / "ours.toml"))

    with pytest.raises(ValidationError, match="publik_url"):
        Settings()


@pytest.mark.parametrize("written", ["lots", "", "0 per minute", "3000", "10 per 2 hours"])
@pytest.mark.parametrize("name", ["LOGIN_LIMIT", "API_CALLER_LIMIT", "API_ADDRESS_LIMIT"])
def test_a_limit_that_cannot_be_read_is_refused_and_not_left_out(
    monkeypatch: pytest.MonkeyPatch, name: str, written: str
) -> None:
    monkeypatch.setenv(f"LTI_TOOL_{name}", written)

    with pytest.raises(ValidationError, match="such as 3000 per minute"):
        Settings()


@pytest.mark.parametrize(
    ("written", "origin"),
    [
        ("https://badges.example/", "https://badges.example"),
        ("https://badges.example:8443", "https://badges.example:8443"),
        ("http://localhost:8000//", "http://localhost:8000"),
    ],
)
def test_the_origin_is_written_as_browsers_write_it(
    monkeypatch: pytest.MonkeyPatch, written: str, origin: str
) -> None:
    monkeypatch.setenv("LTI_TOOL_PUBLIC_URL", written)

    assert (Settings().public_url, Settings().origin) == (origin, origin)


def test_private_hosts_are_names_separated_by_commas(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LTI_TOOL_PRIVATE_HOSTS", " lms.Local, 127.0.0.1 ,,")

    assert Settings().private_hosts == {"lms.local", "127.0.0.1"}


def test_hosts_for_badges_are_named_by_themselves(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LTI_TOOL_PRIVATE_HOSTS", "lms.local")
    unnamed = Settings().private_badge_hosts
    monkeypatch.setenv("LTI_TOOL_PRIVATE_BADGE_HOSTS", " Badges.Local:8443, 127.0.0.1 ,,")

    assert not unnamed
    assert Settings().private_badge_hosts == {"badges.local:8443", "127.0.0.1"}


def test_the_secret_is_made_once_and_nobody_else_may_read_it(tmp_path: Path) -> None:
    first = Settings().secrets()[0]

    assert Settings().secrets()[0] == first
    assert len(first) >= 60
    assert stat.S_IMODE((tmp_path / "secret_key").stat().st_mode) == 0o600
    assert [path.name for path in tmp_path.iterdir()] == ["secret_key"]


def test_a_secret_that_is_set_is_written_nowhere(tmp_path: Path) -> None:
    settings = Settings(secret_key="ours")

    assert (settings.secrets()[0], list(tmp_path.iterdir())) == ("ours", [])


def test_processes_that_start_together_share_one_secret(tmp_path: Path) -> None:
    start = tmp_path / "start"
    words = f"""
import time, pathlib
from lti_tool.settings import Settings
settings = Settings(data_dir=pathlib.Path({str(tmp_path / "data")!r}))
while not pathlib.Path({str(start)!r}).exists(): time.sleep(0.001)
print(settings.secrets()[0])
"""
    processes = [subprocess.Popen([sys.executable, "-c", words], stdout=subprocess.PIPE, text=True) for _ in range(4)]
    start.touch()
    printed = {process.communicate(timeout=30)[0] for process in processes}

    assert len(printed) == 1
    assert [path.name for path in (tmp_path / "data").iterdir()] == ["secret_key"]


def test_threads_that_ask_together_get_one_secret() -> None:
    with ThreadPoolExecutor(16) as threads:
        answered = set(threads.map(lambda _: Settings().secrets()[0], range(16)))

    assert len(answered) == 1


@pytest.mark.parametrize("days", ["1", "29", "-1"])
def test_files_of_evidence_do_not_go_within_a_month(monkeypatch: pytest.MonkeyPatch, days: str) -> None:
    monkeypatch.setenv("LTI_TOOL_EVIDENCE_DAYS", days)

    with pytest.raises(ValidationError, match="should be 0 or at least 30"):
        Settings()


@pytest.mark.parametrize("days", [0, 30, 400])
def test_files_of_evidence_stay_for_ever_or_for_a_month_and_more(monkeypatch: pytest.MonkeyPatch, days: int) -> None:
    monkeypatch.setenv("LTI_TOOL_EVIDENCE_DAYS", str(days))

    assert Settings().evidence_days == days
