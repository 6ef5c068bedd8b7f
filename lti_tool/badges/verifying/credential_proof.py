"""The proof of a credential of Open Badges 3.0: it holds, and the issuer has published the key that made it."""

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from lti_tool.badges.openbadge.data_integrity import ProofError, check_proof
from lti_tool.badges.openbadge.vc_jwt import JwtError, check_jwt
from lti_tool.badges.sentences import Sentence, sentence_of
from lti_tool.badges.verifying.case import LEEWAY, Case
from lti_tool.badges.verifying.members import as_moment, id_of, many
from lti_tool.badges.verifying.published_keys import NoKey, published_key
from lti_tool.badges.verifying.reading import Document, read_signed_text
from lti_tool.words import to_say

_MOST_PROOFS = 3


def proof_fault(case: Case, credential: Document, signed: str | None) -> str:
    """Why its issuer does not stand behind it, as a sentence; empty when it does."""
    issuer = id_of(credential.get("issuer"))
    if issuer is None:
        return to_say("It does not say who issued it, so nobody can have proved it.")
    try:
        if signed is not None:
            _check_signed_text(case, issuer, signed)
        else:
            _check_proofs(case, issuer, credential)
    except NoKey as why:
        return sentence_of(why)
    except (ProofError, JwtError) as why:
        return Sentence(to_say("The proof does not hold: %(why)s."), why=sentence_of(why))
    return ""


def _check_signed_text(case: Case, issuer: str, signed: str) -> None:
    """The key is named by `kid`. One that the text brings along itself (`jwk`, `x5c`, `jku`) proves nothing."""
    header, _ = read_signed_text(signed)
    if "kid" not in header:
        raise NoKey(to_say("The signed text does not name a key that its issuer publishes."))
    check_jwt(signed, published_key(case, issuer, header["kid"]))


def _check_proofs(case: Case, issuer: str, credential: Document) -> None:
    """Each of them, so that no false proof hides beside a right one."""
    proofs = many(credential.get("proof"))
    if not proofs:
        raise NoKey(to_say("It has no proof: anybody could have written it."))
    if len(proofs) > _MOST_PROOFS:
        raise NoKey(to_say("It has more proofs than are looked at."))
    for proof in proofs:
        if not isinstance(proof, dict):
            raise NoKey(to_say("Its proof is no proof."))
        _check_times(case, proof)
        key = published_key(case, issuer, proof.get("verificationMethod"))
        if not isinstance(key, Ed25519PublicKey):
            raise NoKey(to_say("The key that the proof names is of another kind than the proof."))
        check_proof(credential, proof, key)


def _check_times(case: Case, proof: Document) -> None:
    created = as_moment(proof.get("created"))
    if created is not None and created > case.now + LEEWAY:
        raise NoKey(to_say("The proof is dated in the future."))
    if proof.get("expires") is not None:
        expires = as_moment(proof["expires"])
        if expires is None or expires < case.now - LEEWAY:
            raise NoKey(to_say("The proof is no longer valid."))
