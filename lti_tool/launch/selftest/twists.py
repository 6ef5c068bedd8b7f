"""What a bad launch does that no claim can say. Pure."""

from enum import StrEnum

from lti_tool.words import to_say


class Twist(StrEnum):
    """One way to cheat at the door."""

    OTHER_STATE = to_say("the state is one that nobody gave out")
    NO_STATE = to_say("the state is left out")
    OTHER_BROWSER = to_say("another browser brings the launch")
    REPLAYED = to_say("the token of an earlier launch comes with the state of a new login")
    TAMPERED = to_say("the claims were changed after signing")
    OTHER_KEY = to_say("another platform signed it, with its own kid")
    BORROWED_KID = to_say("another platform signed it, under this platform's kid")
    ALG_NONE = to_say("it is not signed at all")
    ALG_HS256 = to_say("it is signed with HS256, with our platform's public key as the secret")
    ALG_RS384 = to_say("it is signed with RS384")
    OTHER_CLIENT = to_say("it is a token for another registration of the same issuer")
    EXTRA_AUDIENCE = to_say("a stranger shares the audience")
    TWICE_NAMED = to_say("a claim stands in it twice")
    OVERSIZED = to_say("it is larger than 64 KiB")
