"""Credentials of 3.0 of our running tool, by both proofs: whole, out of date, taken back, changed and forged.

What only their issuer could say wrong is signed with the issuer's own keys, which the test can open; only the code
that signs is not ours, because ours refuses to sign much of it.
"""

import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime

from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from lti_tool.badges.openbadge.vc_jwt import read_jwt
from tests.judges import proof_deeds, text_deeds
from tests.judges.deeds import AFTERWARDS, Desk, changed
from tests.judges.hosted_trials import CHANGED
from tests.judges.our_awards import FUTURE, PAST, OurTool
from tests.judges.trials import Expected, Home, Trial, Way, fallen, holding
from tests.make.keys import make_rotation

SOON_OVER = datetime(2025, 6, 1, tzinfo=UTC)


def make_desk(tool: OurTool) -> Desk:
    """An award and everything that can be signed about it, by its issuer, by another one and by nobody's key."""
    award, pen = tool.award("jan@example.org", expires=FUTURE), tool.pen()
    document = tool.document(f"credentials/{award}.json")
    _, claims = read_jwt(tool.get(f"credentials/{award}.jwt").decode())
    other = tool.another_issuer()
    other.award("kim@example.org")
    attacker = pen.of_attacker(
        Ed25519PrivateKey.generate(), rsa.generate_private_key(public_exponent=65_537, key_size=2048)
    )
    return Desk(award, document, claims, pen, attacker, other.pen())


def credential_trials(tool: OurTool, desk: Desk) -> Iterator[Trial]:
    yield from _as_issued(tool)
    yield from _with_time(tool)
    for what, (members, check) in AFTERWARDS.items():
        told = f"{what} after it was signed"
        yield from fallen(
            tool.ways_of_proof(desk.award, json.dumps(changed(desk.document, members))), told, Home.OURS, check
        )
        yield from fallen(
            tool.ways_of_text(desk.award, text_deeds.payload_changed(desk, members)), told, Home.OURS, check
        )
    yield from _done(tool.ways_of_proof, desk, proof_deeds.DEEDS)
    yield from _done(tool.ways_of_text, desk, text_deeds.DEEDS)
    extra = text_deeds.extra_word(desk)
    yield from holding(tool.ways_of_text(desk.award, extra), "a word that no context defines, signed", Home.OURS)


def _done(
    ways: Callable[[str, str], list[Way]], desk: Desk, deeds: dict[str, tuple[Callable[[Desk], str], str]]
) -> Iterator[Trial]:
    for what, (deed, check) in deeds.items():
        yield from fallen(ways(desk.award, deed(desk)), what, Home.OURS, check)


def _as_issued(tool: OurTool) -> Iterator[Trial]:
    for what, award in tool.another_issuer().every_kind():
        yield from holding([*tool.proof(award), *tool.jwt(award)], what, Home.OURS)
    anew = tool.another_issuer()
    award = anew.award("leo@example.org")
    text, *pictures, token = [*anew.proof(award), anew.jwt(award)[0]]
    anew.change_the_badge()
    yield from holding([text, token], CHANGED, Home.OURS)
    yield from holding(pictures, CHANGED, Home.OURS, Expected.DIFFERS)
    rotated = tool.another_issuer()
    award = rotated.award("mia@example.org")
    saved = [*rotated.proof(award), *rotated.jwt(award)]
    make_rotation(rotated.issuer)
    yield from holding(saved, "its key was rotated out afterwards", Home.OURS)
    withdrawn = tool.another_issuer()
    award = withdrawn.award("nia@example.org")
    saved = [*withdrawn.proof(award), *withdrawn.jwt(award)]
    make_rotation(withdrawn.issuer, at_once=True)
    yield from fallen(saved, "its key was withdrawn afterwards", Home.OURS, "proof")


def _with_time(tool: OurTool) -> Iterator[Trial]:
    revoked = tool.award("oda@example.org")
    saved = [*tool.proof(revoked), *tool.jwt(revoked)]
    tool.revoke(revoked)
    yield from fallen(saved, "taken back: its bit in the status list is set", Home.OURS, "revoked")
    expired = tool.award("pia@example.org", issued_on=PAST, expires=SOON_OVER)
    yield from fallen([*tool.proof(expired), *tool.jwt(expired)], "expired", Home.OURS, "dates")
    future = tool.award("ron@example.org", issued_on=FUTURE)
    yield from fallen([*tool.proof(future), *tool.jwt(future)], "issued in the future", Home.OURS, "dates")

