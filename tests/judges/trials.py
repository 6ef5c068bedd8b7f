"""What the verdict matrix is made of: one trial is one award in one form, as it is or with one thing done to it."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum, StrEnum

from lti_tool.badges.verifying.checking import Given

UNTOUCHED = "nothing: as it was issued"


class Kind(StrEnum):
    """The forms in which an award, or the list that may revoke it, comes to a verifier."""

    HOSTED_ADDRESS = "2.0 hosted: its address"
    HOSTED_JSON = "2.0 hosted: its JSON"
    HOSTED_PNG = "2.0 hosted: in a PNG"
    HOSTED_SVG = "2.0 hosted: in an SVG"
    SIGNED_TEXT = "2.0 signed: its text"
    SIGNED_PNG = "2.0 signed: in a PNG"
    SIGNED_SVG = "2.0 signed: in an SVG"
    PROOF_JSON = "3.0 proof: its JSON"
    PROOF_PNG = "3.0 proof: in a PNG"
    PROOF_SVG = "3.0 proof: in an SVG"
    JWT_TEXT = "3.0 VC-JWT: its text"
    JWT_PNG = "3.0 VC-JWT: in a PNG"
    JWT_SVG = "3.0 VC-JWT: in an SVG"
    LIST_PROOF = "3.0 status list: with a proof"
    LIST_TEXT = "3.0 status list: signed text"

    @property
    def family(self) -> str:
        return self.partition(":")[0]

    @property
    def form(self) -> str:
        return self.partition(": ")[2]


HOSTED = (Kind.HOSTED_ADDRESS, Kind.HOSTED_JSON, Kind.HOSTED_PNG, Kind.HOSTED_SVG)
SIGNED = (Kind.SIGNED_TEXT, Kind.SIGNED_PNG, Kind.SIGNED_SVG)
PROOF = (Kind.PROOF_JSON, Kind.PROOF_PNG, Kind.PROOF_SVG)
JWT = (Kind.JWT_TEXT, Kind.JWT_PNG, Kind.JWT_SVG)
LISTS = (Kind.LIST_PROOF, Kind.LIST_TEXT)
PICTURES = {kind for kind in Kind if kind.form in ("in a PNG", "in an SVG")}


class Home(StrEnum):
    """Whose award it is that is tried."""

    OURS = "ours"
    COPY = "copy"
    FOREIGN = "foreign"


class Expected(Enum):
    """What is right to say of it. DIFFERS: it holds as its issuer tells it, and what was given says something else,
    which has to be shown.
    """

    HOLDS = "holds"
    DIFFERS = "differs"
    FALLS = "falls"


@dataclass(frozen=True)
class Trial:
    """`caught_by` is the check of ours that has to find it out, or `unreadable`. `judged` is what the other judges are
    given where it is something else: of a status list they get the list, and ours an award that stands in it.
    `unasked`: the others are kept from looking at what is wrong, so it is no matter what they say.
    """

    kind: Kind
    what: str
    given: Given
    home: Home
    expected: Expected = Expected.FALLS
    caught_by: tuple[str, ...] = ()
    judged: str | bytes | None = None
    unasked: bool = False

    @property
    def for_judges(self) -> str | bytes:
        """An address as text, everything else as bytes."""
        content = self.given.content if self.judged is None else self.judged
        if self.given.kind == "url" and self.judged is None:
            return str(content)
        return content.encode() if isinstance(content, str) else content


Way = tuple[Kind, Given]


def fallen(ways: Iterable[Way], what: str, home: Home, *caught_by: str) -> list[Trial]:
    """The same thing done to one award in several forms, which nobody may accept."""
    return [Trial(kind, what, given, home, Expected.FALLS, caught_by) for kind, given in ways]


def holding(ways: Iterable[Way], what: str, home: Home, expected: Expected = Expected.HOLDS) -> list[Trial]:
    """The same award in several forms, which is good."""
    return [Trial(kind, what, given, home, expected) for kind, given in ways]
