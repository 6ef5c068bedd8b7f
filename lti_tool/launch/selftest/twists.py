"""What a bad launch does that no claim can say. Pure."""

from enum import StrEnum


class Twist(StrEnum):
    """One way to cheat at the door."""

    OTHER_STATE = "the state is one that nobody gave out"
    NO_STATE = "the state is left out"
    OTHER_BROWSER = "another browser brings the launch"
    REPLAYED = "the token of an earlier launch comes with the state of a new login"
    TAMPERED = "the claims were changed after signing"
    OTHER_KEY = "another platform signed it, with its own kid"
    BORROWED_KID = "another platform signed it, under this platform's kid"
    ALG_NONE = "it is not signed at all"
    ALG_HS256 = "it is signed with HS256, with our platform's public key as the secret"
    ALG_RS384 = "it is signed with RS384"
    OTHER_CLIENT = "it is a token for another registration of the same issuer"
    EXTRA_AUDIENCE = "a stranger shares the audience"
    TWICE_NAMED = "a claim stands in it twice"
    OVERSIZED = "it is larger than 64 KiB"
