"""What a serious tester tries beyond the certification list: every rule of the door, broken once. Pure.

LTI Security Framework 1.0, sections 5.1.1 to 5.1.3; RFC 7515 for the token's form.
"""

from typing import Any

from lti_tool.launch.messages import C
from lti_tool.launch.selftest.cases import Bad
from lti_tool.launch.selftest.twists import Twist
from lti_tool.words import to_say

_ELSEWHERE = "https://elsewhere.example/launch"


_TRIED: tuple[tuple[str, int, str, dict[str, Any]], ...] = (
    (to_say("Wrong nonce"), 401, "nonce_wrong", {"claims": {"nonce": "of-another-login"}}),
    (to_say("Replayed nonce"), 401, "nonce_wrong", {"twist": Twist.REPLAYED}),
    (to_say("Missing nonce"), 401, "nonce_wrong", {"claims": {"nonce": None}}),
    (to_say("Wrong state"), 401, "state_unknown", {"twist": Twist.OTHER_STATE}),
    (to_say("Missing state"), 400, "state_missing", {"twist": Twist.NO_STATE}),
    (to_say("State from another browser"), 401, "browser_unproven", {"twist": Twist.OTHER_BROWSER}),
    (to_say("Bad signature"), 401, "signature_wrong", {"twist": Twist.TAMPERED}),
    (to_say("Signed by another platform"), 401, "kid_unknown", {"twist": Twist.OTHER_KEY}),
    (to_say("Signed by another platform under our kid"), 401, "signature_wrong", {"twist": Twist.BORROWED_KID}),
    (to_say("Algorithm none"), 401, "algorithm_refused", {"twist": Twist.ALG_NONE}),
    (to_say("Algorithm HS256"), 401, "algorithm_refused", {"twist": Twist.ALG_HS256}),
    (to_say("Algorithm RS384"), 401, "algorithm_refused", {"twist": Twist.ALG_RS384}),
    (to_say("Wrong issuer"), 401, "registration_mismatch", {"claims": {"iss": "https://elsewhere.example"}}),
    (to_say("Wrong audience"), 401, "audience_wrong", {"claims": {"aud": "another-tool"}}),
    (to_say("Extra audience"), 401, "audience_wrong", {"twist": Twist.EXTRA_AUDIENCE}),
    (to_say("Wrong authorized party"), 401, "audience_wrong", {"claims": {"azp": "another-tool"}}),
    (to_say("Unknown deployment"), 403, "deployment_pending", {"claims": {C + "deployment_id": "never-seen"}}),
    (to_say("Unregistered client"), 404, "platform_unknown", {"login": {"client_id": "nobody"}, "at_login": True}),
    (to_say("Expired by more than the leeway"), 401, "token_expired", {"seconds": {"iat": -120, "exp": -65}}),
    (to_say("Issued too long ago"), 401, "token_time", {"seconds": {"iat": -665, "exp": 60}}),
    (to_say("For another registration of the same issuer"), 401, "audience_wrong", {"twist": Twist.OTHER_CLIENT}),
    (to_say("Target outside our hosts"), 400, "target_unknown", {"claims": {C + "target_link_uri": _ELSEWHERE}}),
    (to_say("Login for a target outside our hosts"), 400, "target_unknown",
     {"login": {"target_link_uri": _ELSEWHERE}, "at_login": True}),
    (to_say("Login for one deployment, launch from another"), 401, "deployment_mismatch",
     {"login": {"lti_deployment_id": "1"}, "claims": {C + "deployment_id": "2"}}),
    (to_say("A claim that stands there twice"), 400, "token_malformed", {"twist": Twist.TWICE_NAMED}),
    (to_say("Oversized token"), 413, "token_too_large", {"twist": Twist.OVERSIZED}),
)  # fmt: skip

NEGATIVES = tuple(
    Bad(f"N{number}", name, status, code, section="beyond", **how)
    for number, (name, status, code, how) in enumerate(_TRIED, start=1)
)
