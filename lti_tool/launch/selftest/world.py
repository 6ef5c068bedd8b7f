"""The temporary organization of a run, with the platform that launches and one that must not sign for it."""

from flask import current_app

from lti_tool import clock
from lti_tool.db import transaction
from lti_tool.digests import digest, fresh_secret
from lti_tool.launch.platforms import PlatformWords, add_platform
from lti_tool.launch.selftest.lms import Lms, fresh_key
from lti_tool.launch.selftest.own import PREFIX
from lti_tool.launch.selftest.runs import run_row
from lti_tool.launch.selftest.words import DEPLOYMENT

_CLIENT, _OTHER_CLIENT = "self-test", "self-test-2"


def make_world(run_id: str) -> Lms:
    """Register the run's platform twice (two clients of one issuer), and another platform beside it."""
    tool, secret = str(current_app.extensions["settings"].public_url), fresh_secret()
    lms = Lms(f"{tool}{PREFIX}/{secret}", tool, _CLIENT, _OTHER_CLIENT, fresh_key(), fresh_key())
    with transaction():
        run = run_row(run_id)
        run.secret_hash = digest(secret)
        run.world = {
            "base": lms.base, "client_id": lms.client_id, "jwks": [lms.key.jwk], "other_jwks": [lms.other_key.jwk],
        }  # fmt: skip
        first = add_platform(_words(lms, lms.issuer, lms.client_id, f"{lms.base}/jwks.json", None))
        run.organization_id = first.organization_id
        add_platform(_words(lms, lms.issuer, lms.other_client, f"{lms.base}/jwks.json", first.organization_id))
        beside = f"{lms.base}/other"
        add_platform(_words(lms, beside, lms.client_id, f"{beside}/jwks.json", first.organization_id))
    return lms


def _words(lms: Lms, issuer: str, client_id: str, jwks_url: str, organization: str | None) -> PlatformWords:
    return PlatformWords(
        issuer=issuer, client_id=client_id, auth_url=lms.auth_url, token_url=f"{lms.base}/token", jwks_url=jwks_url,
        deployments=(DEPLOYMENT,), name=f"Self-test of {clock.now():%d %b %Y, %H:%M}", organization=organization,
    )  # fmt: skip
