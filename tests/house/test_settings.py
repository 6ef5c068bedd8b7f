"""Every setting is explained, and every explanation is of a setting."""

import re

from lti_tool.places import CONFIG
from lti_tool.settings import Settings


def test_config_readme_lists_exactly_the_settings_there_are() -> None:
    explained = re.findall(r"^\| `([A-Z_]+)` \|", (CONFIG / "README.md").read_text(), re.MULTILINE)

    assert sorted(explained) == sorted(name.upper() for name in Settings.model_fields)
