"""A platform made with lti-consumer-xblock, the platform half of Open edX. Runs inside `.judges/lti-consumer` only.

lti_consumer_run.py PORT TOOL
"""

from typing import Any

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from django.conf import settings

settings.configure(
    PLATFORM_NAME="Peer",
    CACHES={"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}},
)

from foreign_server import (  # noqa: E402
    CLIENT,
    COURSE,
    DEPLOYMENT,
    PICKER,
    ROSTER_SCOPE,
    TEACHER,
    Peer,
    serve,
)  # fmt: skip
from lti_consumer.data import Lti1p3LaunchData  # noqa: E402 - Django must be told its settings before
from lti_consumer.lti_1p3.consumer import LtiAdvantageConsumer  # noqa: E402
from lti_consumer.utils import get_data_from_cache  # noqa: E402


class OpenEdx(Peer):
    def __init__(self, url: str, tool: str) -> None:
        super().__init__(url, tool)
        key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        self.key = key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        ).decode()

    def consumer(self) -> LtiAdvantageConsumer:
        launch = f"{self.tool}/lti/launch"
        consumer = LtiAdvantageConsumer(
            iss=self.url, lti_oidc_url=f"{self.tool}/lti/login", lti_launch_url=launch, client_id=CLIENT,
            deployment_id=DEPLOYMENT, rsa_key=self.key, rsa_key_id="peer-key", redirect_uris=[launch],
            tool_keyset_url=f"{self.tool}/lti/jwks.json",
        )  # fmt: skip
        consumer.enable_deep_linking(launch, f"{self.url}/deep-link/return")
        consumer.enable_nrps(f"{self.url}/memberships")
        return consumer

    def keys(self) -> dict[str, Any]:
        return self.consumer().get_public_keyset()

    def login_address(self, what: str) -> str:
        kind = "LtiDeepLinkingRequest" if what == PICKER else "LtiResourceLinkRequest"
        return self.consumer().prepare_preflight_url(
            Lti1p3LaunchData(
                user_id=TEACHER[0], user_role="staff", config_id="1", resource_link_id=what, message_type=kind,
                context_id=COURSE,
            )
        )  # fmt: skip

    def launch(self, asked: dict[str, str]) -> dict[str, str]:
        begun = get_data_from_cache(asked["lti_message_hint"])
        consumer = self.consumer()
        consumer.set_user_data(begun.user_id, begun.user_role, full_name=TEACHER[1], email_address=TEACHER[2])
        consumer.set_resource_link_claim(begun.resource_link_id, title="A link")
        consumer.set_context_claim(begun.context_id, context_title="Rhythm")
        item = self.picked(begun.resource_link_id)
        if item is not None:
            consumer.set_dl_content_launch_parameters(url=item["url"], custom=item["custom"])
        return consumer.generate_launch_request(asked)

    def access_token(self, form: dict[str, str]) -> dict[str, Any]:
        return self.consumer().access_token(form)

    def check(self, token: str) -> bool:
        return self.consumer().check_token(token, [ROSTER_SCOPE])

    def read(self, form: dict[str, str]) -> list[dict[str, Any]]:
        return self.consumer().check_and_decode_deep_linking_token(form["JWT"])


if __name__ == "__main__":
    serve(OpenEdx)
