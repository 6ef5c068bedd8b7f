"""From a look to a connected LMS: what was checked waits in the invitation until the administrator says yes.

Nothing that matters comes back from the browser: it brings the secret of the draft that it was shown, and no more. A
draft counts once, so a button that is pressed twice registers once. All these run inside a transaction, but for
`register`, which asks the LMS.
"""

import json
from dataclasses import dataclass, field
from datetime import timedelta

from lti_tool import clock
from lti_tool.db import db
from lti_tool.digests import digest, fresh_secret, same
from lti_tool.errors import Problem
from lti_tool.fetch import FetchProblem, Limits
from lti_tool.launch.keys import KeyPair, fresh_pair, keep_pair
from lti_tool.launch.model import Registration
from lti_tool.launch.platforms import PlatformWords, add_platform, registration_for
from lti_tool.launch.profiles import profile_named
from lti_tool.launch.registration.answer import Granted, read_answer
from lti_tool.launch.registration.configuration import FAMILY_LENGTH, PlatformConfiguration
from lti_tool.launch.registration.document import registration_document
from lti_tool.launch.registration.invites import invite_under, open_invite
from lti_tool.launch.registration.looking import Opening, fetcher
from lti_tool.launch.registration.model import RegistrationInvite
from lti_tool.launch.unreached import no_answer
from lti_tool.people.audit import name_deeds, note
from lti_tool.sealing import seal, unseal
from lti_tool.words import to_say

name_deeds({"platform.connected": to_say("An LMS connected itself")})
_LIMITS = Limits(read=15.0, total=20.0)
_SAID_LENGTH = 300
_ANSWER_COMES_WITHIN = timedelta(minutes=5)


@dataclass(frozen=True)
class Draft:
    """A configuration that was checked, with the LMS's token for its registration."""

    configuration: PlatformConfiguration
    token: str | None = field(repr=False)


def keep_draft(invite_secret: str, opening: Opening, configuration: PlatformConfiguration) -> str:
    """Keep what was looked at until the yes. Answers the draft's secret, for the form; an earlier draft is over."""
    invite = open_invite(invite_secret, lock=True)
    secret = fresh_secret()
    hidden = {"token": opening.token, "registration_url": configuration.registration_url}
    invite.draft, invite.draft_hash = configuration.kept(), digest(secret)
    invite.sealed_token = seal(json.dumps(hidden).encode())
    invite.problem = invite.problem_said = None
    if invite.key_jwk is None:
        pair = fresh_pair()
        invite.key_jwk, invite.sealed_key = pair.public_jwk, pair.sealed_private_key
    return secret


def take_draft(invite_secret: str, draft_secret: str) -> Draft:
    """The draft that this form was made for; it counts once. Raises `Problem` register_stale, register_under_way or
    invite_…
    """
    invite = open_invite(invite_secret, lock=True)
    if invite.draft_hash is None or not same(invite.draft_hash, digest(draft_secret)):
        raise Problem("register_stale")
    if invite.draft is None or invite.sealed_token is None:
        raise Problem("register_under_way")
    hidden = json.loads(unseal(invite.sealed_token))
    taken = PlatformConfiguration(**invite.draft, registration_url=hidden["registration_url"])
    invite.draft = invite.sealed_token = None
    invite.expires_at = max(invite.expires_at, clock.now() + _ANSWER_COMES_WITHIN)  # the yes was in time
    return Draft(taken, hidden["token"])


def register(draft: Draft, public_url: str) -> Granted:
    """Ask the LMS. Raises `Problem` register_…"""
    said = registration_document(draft.configuration, public_url)
    headers = {"Accept": "application/json", "Content-Type": "application/json"}
    if draft.token:
        headers["Authorization"] = f"Bearer {draft.token}"
    url = draft.configuration.registration_url
    try:
        return read_answer(fetcher().post(url, data=json.dumps(said).encode(), headers=headers, limits=_LIMITS))
    except FetchProblem as problem:
        raise Problem("register_unreachable", no_answer(problem.host, problem)) from None


def connect(invite_secret: str, draft: Draft, granted: Granted) -> Registration:
    """What the LMS registered becomes a registration of ours, with the key that waited for it; the invitation is used.

    Raises `Problem` register_known, for a registration is never overwritten, or invite_used: another look at the
    same invitation may have led to its end while this LMS thought.
    """
    invite, said = invite_under(invite_secret, lock=True), draft.configuration
    if invite.used_at is not None:
        raise Problem("invite_used")
    if registration_for(said.issuer, granted.client_id) is not None:
        raise Problem("register_known")
    words = PlatformWords(
        issuer=said.issuer, client_id=granted.client_id, auth_url=said.auth_url, token_url=said.token_url,
        jwks_url=said.jwks_url, deployments=(granted.deployment,) if granted.deployment else (),
        token_audience=said.token_audience or profile_named(said.family).token_audience,
        name=invite.name or said.account, organization=invite.organization_id,
        profile=said.family.lower()[:FAMILY_LENGTH] or "default",
        granted_scopes=None if granted.scopes is None else tuple(granted.scopes),
    )  # fmt: skip
    registration = add_platform(words, give_key=lambda owner: _give_key(invite, owner))
    invite.used_at, invite.registration_id = clock.now(), registration.id
    note(
        "platform.connected", actor_kind="invitation", actor=invite.id, organization=registration.organization_id,
        subject=registration.id,
    )  # fmt: skip
    return registration


def connected_with(invite_secret: str, draft_secret: str) -> Registration | None:
    """What the very same form has connected a moment ago, for a button that was pressed twice."""
    invite = invite_under(invite_secret)
    if invite.used_at is None or invite.draft_hash is None or not same(invite.draft_hash, digest(draft_secret)):
        return None
    return db.session.get(Registration, invite.registration_id)


def note_failure(invite_secret: str, problem: Problem) -> None:
    """The administrator of this tool reads beside the invitation why it did not succeed."""
    invite = open_invite(invite_secret, lock=True)
    invite.problem, invite.problem_said = problem.code, problem.detail[:_SAID_LENGTH] or None
    invite.draft_hash = None


def _give_key(invite: RegistrationInvite, owner: str) -> None:
    if invite.key_jwk is None or invite.sealed_key is None:  # withdrawn keys do not come back: a fresh one is as good
        pair = fresh_pair()
    else:
        pair = KeyPair(invite.key_jwk, invite.sealed_key)
    keep_pair(owner, pair)
    invite.key_jwk = invite.sealed_key = None
