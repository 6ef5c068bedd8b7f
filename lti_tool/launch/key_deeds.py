"""What people do to our keys, from the console and the command line alike, and what the audit log says of it."""

from lti_tool.launch.keys import drop_waiting_key, key_is_entered, rotate_keys, set_static_key
from lti_tool.launch.model import Registration
from lti_tool.people.admin.administrators import note_here
from lti_tool.people.audit import name_deeds
from lti_tool.words import to_say

name_deeds(
    {
        "keys.rotated": to_say("Rotated the keys of a platform"),
        "keys.stopped": to_say("Stopped the keys of a platform at once"),
        "keys.prepared": to_say("Prepared a key to be entered in the LMS"),
        "keys.entered": to_say("Said that the LMS has the new key"),
        "keys.dropped": to_say("Dropped a key that waited for the LMS"),
        "keys.stored": to_say("Said that the LMS stores a copy of the key"),
        "keys.fetched": to_say("Said that the LMS reads the key set"),
    }
)


def rotated(platform: Registration, *, at_once: bool = False) -> str:
    """Answers the kid of the new key. Of an LMS that stores a copy of our key it only waits."""
    kid = rotate_keys(platform.id, at_once=at_once)
    deed = "keys.prepared" if platform.keeps_static_key else "keys.stopped" if at_once else "keys.rotated"
    _note(deed, platform, kid)
    return kid


def key_entered(platform: Registration, kid: str) -> None:
    key_is_entered(platform.id, kid)
    _note("keys.entered", platform, kid)


def key_dropped(platform: Registration, kid: str) -> None:
    drop_waiting_key(platform.id, kid)
    _note("keys.dropped", platform, kid)


def key_stored(platform: Registration, *, static: bool) -> None:
    """The LMS stores a copy of our key, or reads our key set."""
    if platform.keeps_static_key != static:
        set_static_key(platform, static=static)
        _note("keys.stored" if static else "keys.fetched", platform)


def _note(deed: str, platform: Registration, kid: str | None = None) -> None:
    note_here(deed, subject=platform.id, organization=platform.organization_id, facts={"kid": kid} if kid else None)
