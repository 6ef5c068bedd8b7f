"""What an operator installs from names only what is there: commands, settings, ports, paths, files.

No image is built here. The files are read as what they are, and held against the tool.
"""

import json
import re
import shlex
import subprocess
from configparser import RawConfigParser
from pathlib import Path
from typing import Any

import pytest
import yaml
from flask import Flask

from lti_tool.places import CONFIG, PACKAGE
from lti_tool.settings import Settings
from tests.house.spoken_commands import value_of, wrong_with

ROOT = PACKAGE.parent
DEPLOY = ROOT / "deploy"
UNITS = sorted((DEPLOY / "systemd").glob("*.service"))
SETTINGS = {f"LTI_TOOL_{name.upper()}" for name in Settings.model_fields} | {"LTI_TOOL_CONFIG"}
SECRETS = {
    "LTI_TOOL_SECRET_KEY",
    "LTI_TOOL_DATABASE_URL",
    "LTI_TOOL_JOBS_URL",
    "LTI_TOOL_MAIL_URL",
    "REDISCLI_AUTH",
    "POSTGRES_PASSWORD",
}
HARDENED = {
    "NoNewPrivileges": "yes", "PrivateDevices": "yes", "PrivateTmp": "yes", "ProtectHome": "yes",
    "ProtectSystem": "strict", "RestrictSUIDSGID": "yes", "CapabilityBoundingSet": "",
}  # fmt: skip


@pytest.fixture(scope="module")
def compose() -> dict[str, Any]:
    read: dict[str, Any] = yaml.safe_load((ROOT / "compose.yaml").read_text())
    return read


@pytest.fixture(scope="module")
def dockerfile() -> list[tuple[str, str]]:
    """Each instruction with what follows it, continued lines joined."""
    text = (ROOT / "Dockerfile").read_text().replace("\\\n", " ")
    lines = [line for line in text.splitlines() if line.strip() and not line.startswith("#")]
    return [(name, rest.strip()) for name, _, rest in (line.partition(" ") for line in lines)]


def all_of(dockerfile: list[tuple[str, str]], name: str) -> list[str]:
    return [rest for found, rest in dockerfile if found == name]


def of_the_tool(compose: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {name: one for name, one in compose["services"].items() if one["image"] == "spaces-for-the-lms"}


def unit(path: Path) -> RawConfigParser:
    read = RawConfigParser(strict=False, interpolation=None)
    read.optionxform = str  # type: ignore[assignment, method-assign]
    read.read_string(path.read_text())
    return read


def commands() -> list[tuple[str, list[str]]]:
    """Every command of the tool in the files, with where it stands."""
    services = of_the_tool(yaml.safe_load((ROOT / "compose.yaml").read_text()))
    found = [(f"compose.yaml: {name}", one["command"]) for name, one in services.items()]
    for path in UNITS:
        program, *words = shlex.split(unit(path)["Service"]["ExecStart"])
        assert program == "/opt/spaces/bin/lti-tool"
        found.append((path.name, words))
    default = re.search(r"^CMD (\[.*\])$", (ROOT / "Dockerfile").read_text(), re.MULTILINE)
    assert default
    return [*found, ("Dockerfile", json.loads(default[1]))]


@pytest.mark.parametrize(("place", "words"), commands(), ids=[place for place, _ in commands()])
def test_every_command_and_option_exists(place: str, words: list[str]) -> None:
    assert wrong_with(words) is None


def test_a_command_or_option_that_is_not_there_would_be_noticed() -> None:
    assert wrong_with(["sreve"]) == "there is no command sreve"
    assert wrong_with(["keys", "turn"]) == "there is no command keys turn"
    assert wrong_with(["serve", "--hots", "::"]) == "serve knows no --hots"


def test_every_setting_exists_and_no_secret_is_written_down(
    compose: dict[str, Any], dockerfile: list[tuple[str, str]]
) -> None:
    in_compose = {
        name: value for one in compose["services"].values() for name, value in one.get("environment", {}).items()
    }
    in_image = set(re.findall(r"(LTI_TOOL_\w+)=", " ".join(all_of(dockerfile, "ENV"))))
    example = (DEPLOY / "systemd" / "environment.example").read_text()
    in_example = set(re.findall(r"^(?:# )?(LTI_TOOL_\w+)=", example, re.MULTILINE))

    assert {name for name in in_compose if name.startswith("LTI_TOOL_")} | in_image | in_example <= SETTINGS
    assert all("${" in in_compose[name] for name in SECRETS)
    assert {value for name, value in in_compose.items() if name.startswith("AWS_")} == {None}  # an empty one counts
    assert not in_image & SECRETS
    assert "LTI_TOOL_SECRET_KEY=\n" in example


def test_the_settings_of_production_trust_the_one_proxy_that_stands_there(compose: dict[str, Any]) -> None:
    assert "\ntrusted_proxies = 1\n" in (CONFIG / "production.toml").read_text()
    assert [name for name, one in compose["services"].items() if "ports" in one] == ["proxy"]


def test_everything_listens_where_it_is_asked(
    app: Flask, compose: dict[str, Any], dockerfile: list[tuple[str, str]]
) -> None:
    web = compose["services"]["web"]
    port = value_of(web["command"], "--port")
    asked = [*all_of(dockerfile, "HEALTHCHECK"), " ".join(web["healthcheck"]["test"])]
    found = [re.search(r"http://127\.0\.0\.1:(\d+)(/\w+)'", one) for one in asked]
    paths = {rule.rule for rule in app.url_map.iter_rules()}

    assert [one[1] for one in found if one] == [port, port]
    assert {one[2] for one in found if one} == {"/healthz", "/readyz"} <= paths
    assert (web["expose"], all_of(dockerfile, "EXPOSE")) == ([port], [port])
    assert f"dynamic a web {port} " in (DEPLOY / "Caddyfile").read_text()
    served = value_of(shlex.split(unit(DEPLOY / "systemd" / "spaces-web.service")["Service"]["ExecStart"]), "--port")
    assert f"server 127.0.0.1:{served};" in (DEPLOY / "nginx.conf").read_text()


def test_a_proxy_lets_through_what_the_tool_itself_would_take() -> None:
    most = Settings.model_fields["evidence_total_bytes"].default
    allowed = [
        re.search(pattern, (DEPLOY / name).read_text())
        for name, pattern in (("nginx.conf", r"client_max_body_size (\d+)m;"), ("Caddyfile", r"max_size (\d+)MB"))
    ]

    assert [one and int(one[1]) * 1_000_000 > most for one in allowed] == [True, True]


def test_every_service_volume_and_file_is_there(compose: dict[str, Any]) -> None:
    services = compose["services"]
    mounts = [volume.split(":")[0] for one in services.values() for volume in one.get("volumes", ())]
    waits = {(on, how["condition"]) for one in services.values() for on, how in one.get("depends_on", {}).items()}

    assert {name for name in mounts if not name.startswith(".")} == set(compose["volumes"])
    assert [name for name in mounts if name.startswith(".") and not (ROOT / name).is_file()] == []
    assert waits == {("database", "service_healthy"), ("migrate", "service_completed_successfully")}
    assert {name: one["deploy"]["replicas"] for name, one in services.items() if "deploy" in one} == {
        "web": 2,
        "worker": 2,
    }


def test_the_tool_runs_as_nobody_special_and_writes_where_it_may(
    compose: dict[str, Any], dockerfile: list[tuple[str, str]]
) -> None:
    environment = " ".join(all_of(dockerfile, "ENV"))

    assert all_of(dockerfile, "USER") == ["spaces"]
    assert all_of(dockerfile, "VOLUME") == ["/data"]
    assert "LTI_TOOL_DATA_DIR=/data" in environment
    for one in of_the_tool(compose).values():
        assert one["read_only"] is True
        assert (one["volumes"], one["tmpfs"], one["cap_drop"]) == (["files:/data"], ["/tmp"], ["ALL"])  # noqa: S108


def test_the_image_is_made_of_what_the_repository_has(dockerfile: list[tuple[str, str]]) -> None:
    made = re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE)
    copied = [
        word.removeprefix("/src/") for line in all_of(dockerfile, "COPY") for word in line.split() if "/src/" in word
    ]
    left_out = {line for line in (ROOT / ".dockerignore").read_text().splitlines() if not line.startswith("#")}

    assert [run.split()[1] for run in all_of(dockerfile, "RUN") if run.startswith("make ")] == ["wheel"]
    assert "wheel" in made
    assert copied == ["requirements/app.txt", "requirements/tracing.txt", "dist/*.whl"]
    assert [one for one in copied[:2] if not (ROOT / one).is_file()] == []
    assert not left_out & {
        "Makefile",
        "README.md",
        "LICENSE",
        "config",
        "lti_tool",
        "requirements",
        "templates",
        "tools",
        "translations",
    }
    assert 'lti-tool = "lti_tool.cli:main"' in (ROOT / "pyproject.toml").read_text()
    assert all_of(dockerfile, "ENTRYPOINT") == ['["lti-tool"]']


@pytest.mark.parametrize("path", UNITS, ids=lambda path: path.name)
def test_a_unit_is_shut_in_and_stops_in_peace(path: Path) -> None:
    service = unit(path)["Service"]

    assert service["User"] == service["StateDirectory"] == "spaces"
    assert {name: service[name] for name in HARDENED} == HARDENED
    assert service["EnvironmentFile"] == "/etc/spaces/environment"
    assert f"LTI_TOOL_DATA_DIR={service['WorkingDirectory']}\n" in (path.parent / "environment.example").read_text()
    assert int(service["TimeoutStopSec"]) > 25  # as long as `serve` waits for its own children


def test_what_the_guide_writes_down_for_docker_is_all_that_is_asked_for_and_nobody_elses_to_read(
    tmp_path: Path,
) -> None:
    guide = (ROOT / "docs" / "guides" / "operator.md").read_text()
    typed = re.search(r"^([^\n]*> \.env.*?^END\n)", guide, re.MULTILINE | re.DOTALL)
    assert typed
    subprocess.run(["bash", "-euc", f"umask 022\n{typed[1]}"], cwd=tmp_path, check=True)
    written = tmp_path / ".env"
    given = dict(line.split("=", 1) for line in written.read_text().splitlines())

    assert set(re.findall(r"\$\{(\w+):\?", (ROOT / "compose.yaml").read_text())) == set(given)
    assert "" not in given.values()
    assert written.stat().st_mode & 0o777 == 0o600


def test_no_secret_of_an_installation_comes_into_git_or_into_the_image(compose: dict[str, Any]) -> None:
    further = [service["env_file"] for service in of_the_tool(compose).values()]
    private = {".env", "settings.env"}
    left_out = set((ROOT / ".dockerignore").read_text().splitlines())
    ignored = subprocess.run(["git", "check-ignore", *private], cwd=ROOT, capture_output=True, text=True)

    assert further == [[{"path": "settings.env", "required": False}]] * len(further)
    assert set(ignored.stdout.split()) == private <= left_out


def test_a_command_by_hand_has_the_user_and_the_settings_of_the_units() -> None:
    path = DEPLOY / "systemd" / "lti-tool"
    words = shlex.split(path.read_text().replace("\\\n", " "), comments=True)
    given = dict(word.removeprefix("--property=").split("=", 1) for word in words if word.startswith("--property="))

    words = words[words.index("exec") :]
    assert words[:2] == ["exec", "systemd-run"]
    assert words[-2:] == ["${SPACES:-/opt/spaces}/bin/lti-tool", "$@"]
    assert path.stat().st_mode & 0o111 == 0o111
    for service in (unit(one)["Service"] for one in UNITS):
        assert {name: service[name] for name in given} == given
        assert {"User", "Group", "EnvironmentFile", "WorkingDirectory", "UMask"} == set(given)
        assert shlex.split(service["ExecStart"])[0] == "/opt/spaces/bin/lti-tool"


def test_the_guide_makes_the_folder_of_the_data_as_the_units_would() -> None:
    guide = (ROOT / "docs" / "guides" / "operator.md").read_text()
    made = re.search(r"^sudo install -d -o (\S+) -g (\S+) -m (\S+) (/var/lib/\S+)$", guide, re.MULTILINE)
    assert made
    for service in (unit(one)["Service"] for one in UNITS):
        folder = f"/var/lib/{service['StateDirectory']}"
        assert made.groups() == (service["User"], service["Group"], service["StateDirectoryMode"], folder)


def test_settings_that_compose_sets_itself_are_said_to_belong_into_its_own_file(compose: dict[str, Any]) -> None:
    guide = (ROOT / "docs" / "guides" / "operator.md").read_text()
    set_there = {name for one in of_the_tool(compose).values() for name in one["environment"]}

    assert [name for name in sorted(set_there) if f"`{name.removeprefix('LTI_TOOL_')}`" not in guide] == []


@pytest.mark.parametrize(
    ("typed", "handed"),
    [
        (["user", "--name", "a$b ${HOME} $$ $"], ["user", "--name", "a$$b $${HOME} $$$$ $$"]),
        (["", "two\n\nlines\n", " a  *"], ["", "two\n\nlines\n", " a  *"]),
        ([], []),
    ],
)
def test_a_command_by_hand_gets_its_words_as_they_were_typed(
    tmp_path: Path, typed: list[str], handed: list[str]
) -> None:
    """systemd puts variables into the words of a command, also in the middle of one, and takes `$$` for a dollar."""
    words = handed_to_systemd(tmp_path, *typed)

    assert words[words.index("/opt/spaces/bin/lti-tool") + 1 :] == handed


def test_a_command_by_hand_may_be_that_of_a_version_which_does_not_run_yet(tmp_path: Path) -> None:
    words = handed_to_systemd(tmp_path, "migrate", SPACES="/opt/spaces-0.2.0")

    assert words[-2:] == ["/opt/spaces-0.2.0/bin/lti-tool", "migrate"]


def handed_to_systemd(folder: Path, *typed: str, **environment: str) -> list[str]:
    runner = folder / "systemd-run"
    runner.write_text('#!/bin/sh\nprintf "%s\\0" "$@"\n')
    runner.chmod(0o755)
    command, env = ["sh", DEPLOY / "systemd" / "lti-tool", *typed], {"PATH": f"{folder}:/usr/bin:/bin", **environment}
    got = subprocess.run(command, env=env, capture_output=True, text=True, check=True)
    return got.stdout.split("\0")[:-1]


@pytest.mark.parametrize("path", UNITS, ids=lambda path: path.name)
def test_a_unit_stops_before_the_database_and_the_queue_of_its_machine(path: Path) -> None:
    assert {"postgresql.service", "redis-server.service"} <= set(unit(path)["Unit"]["After"].split())
