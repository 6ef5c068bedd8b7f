"""Commands as people are told to type them, held against the commands there are."""

import click
from click.testing import CliRunner

from lti_tool.cli import main


def wrong_with(words: list[str]) -> str | None:
    """What is wrong with the words behind `lti-tool`: a command or an option that does not exist. None: nothing.

    What stands for something else (`<platform>`, `…`, a value) is not looked at.
    """
    command: click.Command = main
    context = click.Context(main)
    said: list[str] = []
    rest = list(words)
    while isinstance(command, click.Group) and rest:
        said.append(rest.pop(0))
        below = command.get_command(context, said[-1])
        if below is None:
            return f"there is no command {' '.join(said)}"
        command = below
    helped = CliRunner().invoke(main, [*said, "--help"])
    if helped.exit_code != 0:
        return f"{' '.join(said)} --help ends with {helped.exit_code}"
    known = {option for parameter in command.params for option in parameter.opts} | {"--help"}
    unknown = [word for word in rest if word.startswith("--") and word.partition("=")[0] not in known]
    return f"{' '.join(said)} knows no {', '.join(unknown)}" if unknown else None


def value_of(words: list[str], option: str) -> str:
    return words[words.index(option) + 1]
