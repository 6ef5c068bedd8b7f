"""The settings of a deep linking request: what the platform takes back, and where to. Pure. (Deep Linking 2.0, 4.4.1.)

Read tolerantly where platforms differ, and with care where they say nothing: what a platform does not say that it
takes, it is not sent. Media types speak of files, which are never offered here, so they may come in any form.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any
from urllib.parse import urlsplit

from lti_tool.errors import Problem
from lti_tool.launch.claim_shapes import object_at, page_url
from lti_tool.launch.kept_words import Sentence
from lti_tool.launch.messages import DEEP_LINKING_SETTINGS
from lti_tool.people.names import clean_text
from lti_tool.words import to_say

RESOURCE_LINK = "ltiResourceLink"
DATA_LENGTH, DATA_DEPTH = 20_000, 32
_TYPES = (RESOURCE_LINK, "link", "file", "html", "image")
_TARGETS = ("iframe", "window", "embed", "frame")
_TEXT_LENGTH = 500
_NO_DATA = Sentence(to_say("The data of the request is no text, object or list of at most %(most)s characters."))
_ORIGIN = re.compile(r"https?://(?:[A-Za-z0-9.-]+|\[[0-9a-fA-F:.]+\])(?::[0-9]{1,5})?")

Data = str | dict[str, Any] | list[Any]


@dataclass(frozen=True)
class PickSettings:
    """What the platform takes. `data` goes back as it came, and only when it came.

    `title` and `text` are shown to the person who picks: platforms mean them for the link, for the picker, or send what
    they have. So no link is called like them unasked.
    """

    return_url: str
    types: tuple[str, ...] = ()
    targets: tuple[str, ...] = ()
    multiple: bool = False
    line_items: bool = False
    auto_create: bool = False
    title: str | None = None
    text: str | None = None
    data: Data | None = None

    @property
    def takes_links(self) -> bool:
        """A link that launches this tool is all that it ever offers: a plain web link to it would open nothing."""
        return RESOURCE_LINK in self.types

    @property
    def return_origin(self) -> str:
        return origin_of(self.return_url)


def read_settings(claims: dict[str, Any]) -> PickSettings:
    """Read the settings claim. Raises `Problem` claim_malformed."""
    said = object_at(claims, DEEP_LINKING_SETTINGS)
    return PickSettings(
        return_url=_return_url(said.get("deep_link_return_url")),
        types=_known(said.get("accept_types"), _TYPES),
        targets=_known(said.get("accept_presentation_document_targets"), _TARGETS),
        multiple=_is_yes(said.get("accept_multiple")),
        line_items=_is_yes(said.get("accept_lineitem")),
        auto_create=_is_yes(said.get("auto_create")),
        title=clean_text(said.get("title")),
        text=clean_text(said.get("text"), _TEXT_LENGTH),
        data=_data(said.get("data")),
    )


def settings_to_keep(settings: PickSettings) -> dict[str, Any]:
    return asdict(settings)


def settings_kept(kept: Mapping[str, Any]) -> PickSettings:
    """The settings again, from what `settings_to_keep` made of them."""
    return PickSettings(**{**kept, "types": tuple(kept["types"]), "targets": tuple(kept["targets"])})


def origin_of(url: str) -> str:
    """Scheme, host and port, as a policy header may name them; "" for an address without such an origin."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return ""
    origin = f"{parts.scheme}://{parts.netloc}"
    return origin if _ORIGIN.fullmatch(origin) else ""


def _return_url(value: object) -> str:
    url = page_url(value)
    if url is None or not origin_of(url):
        raise Problem("claim_malformed", to_say("The deep_link_return_url is missing, or is not a web address."))
    return url


def _known(value: object, names: tuple[str, ...]) -> tuple[str, ...]:
    """Those of `names` that are said: as a list, or as one text with commas."""
    parts = value.split(",") if isinstance(value, str) else value
    if not isinstance(parts, list):
        return ()
    said = {part.strip() for part in parts if isinstance(part, str)}
    return tuple(name for name in names if name in said)


def _is_yes(value: object) -> bool:
    return value is True or (isinstance(value, str) and value.lower() == "true")


def _data(value: object) -> Data | None:
    """Opaque to us: any text, the empty one among them; some platforms send an object or a list. null is no value."""
    if value is None:
        return None
    if not isinstance(value, str | dict | list) or not _is_small(value):
        raise Problem("claim_malformed", _NO_DATA(most=DATA_LENGTH))
    return value


def _is_small(value: Data) -> bool:
    """Can this be kept and sent again? Too deep a nest or a number without end cannot, whatever its length."""
    if isinstance(value, str):
        return len(value) <= DATA_LENGTH
    try:
        return _is_shallow(value, DATA_DEPTH) and len(json.dumps(value, allow_nan=False)) <= DATA_LENGTH
    except ValueError:
        return False


def _is_shallow(value: object, left: int) -> bool:
    inside = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return left > 0 and all(_is_shallow(one, left - 1) for one in inside)
