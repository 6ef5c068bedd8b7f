"""How much of our patience and memory an answer may take."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Limits:
    """Seconds to connect, between two pieces, and altogether; bytes of the decoded body; redirects to follow.

    `total` covers name lookup, every redirect and the body. Only GET is ever redirected.
    """

    connect: float = 3.0
    read: float = 5.0
    total: float = 5.0
    size: int = 262_144
    redirects: int = 0
