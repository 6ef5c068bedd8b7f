"""What happened in the guest book that others hear of; `wiring.py` says what comes after."""

from dataclasses import dataclass


@dataclass(frozen=True)
class SignInAsked:
    """Somebody asked at `/home` for a link to this address, and in this language. Whoever waits for its owner may write
    to them too.
    """

    address: str
    language: str | None = None


@dataclass(frozen=True)
class AddressesMoved:
    """Whose these addresses are may have changed: somebody proved one or gave it up, or a platform says otherwise.
    `persons` are those of whom it is known.
    """

    addresses: tuple[str, ...]
    persons: tuple[str, ...]
