"""A platform made with lti1p3platform. Runs inside `.judges/lti1p3platform` only.

lti1p3platform_run.py PORT TOOL
"""

from typing import Any

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from foreign_server import (
    CLIENT,
    COURSE,
    DEPLOYMENT,
    PICKER,
    ROSTER_SCOPE,
    TEACHER,
    Peer,
    serve,
)  # fmt: skip
from lti1p3platform.ltiplatform import LTI1P3PlatformConfAbstract
from lti1p3platform.message_launch import LTIAdvantageMessageLaunchAbstract
from lti1p3platform.oidc_login import OIDCLoginAbstract
from lti1p3platform.registration import Registration
from lti1p3platform.request import Request

ROLE = "http://purl.imsglobal.org/vocab/lis/v2/membership#Instructor"


class Asked(Request):
    def build_metadata(self, request: Any) -> Any:
        return {"method": "GET", "get_data": request, "form_data": {}}


class Platform(LTI1P3PlatformConfAbstract):
    def init_platform_config(self, **kwargs: Any) -> None:
        self._registration = kwargs["registration"]

    def get_registration_by_params(self, **kwargs: Any) -> Registration:
        return self._registration


class Login(OIDCLoginAbstract):
    def set_lti_message_hint(self, **kwargs: Any) -> None:
        self._lti_message_hint = kwargs["hint"]

    def get_redirect(self, url: str) -> str:
        return url


class Launch(LTIAdvantageMessageLaunchAbstract):
    def render_launch_form(self, launch_data: dict[str, Any], **kwargs: Any) -> dict[str, Any]:
        return launch_data


class OtherPlatform(Peer):
    def __init__(self, url: str, tool: str) -> None:
        super().__init__(url, tool)
        key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        plain = serialization.NoEncryption()
        private = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, plain)
        public = key.public_key().public_bytes(
            serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
        )
        launch = f"{tool}/lti/launch"
        self.registration = (
            Registration()
            .set_iss(url).set_client_id(CLIENT).set_deployment_id(DEPLOYMENT)
            .set_launch_url(launch).set_deeplink_launch_url(launch).set_oidc_login_url(f"{tool}/lti/login")
            .set_tool_key_set_url(f"{tool}/lti/jwks.json")
            .set_platform_private_key(private.decode()).set_platform_public_key(public.decode())
        )  # fmt: skip

    @property
    def platform(self) -> Platform:
        self.registration.set_tool_key_set(None)  # it never reads them again by itself
        return Platform(registration=self.registration)

    def keys(self) -> dict[str, Any]:
        return self.platform.get_jwks()

    def login_address(self, what: str) -> str:
        login = Login(None, self.platform)
        login.set_lti_message_hint(hint=what)
        return login.initiate_login(TEACHER[0])

    def launch(self, asked: dict[str, str]) -> dict[str, str]:
        message = Launch(Asked(asked), self.platform)
        message.set_user_data(TEACHER[0], [ROLE], full_name=TEACHER[1], email_address=TEACHER[2])
        message.set_launch_context_claim(COURSE, context_title="Rhythm")
        message.set_nrps(f"{self.url}/memberships")
        item = self.picked(asked["lti_message_hint"])
        if asked["lti_message_hint"] == PICKER:
            message.set_dl(f"{self.url}/deep-link/return", extra_data="course 7 ü&+%2B")
        else:
            message.set_resource_link_claim(asked["lti_message_hint"], title="A link")
        if item is not None:
            message.set_launch_url(item["url"])
            message.set_custom_parameters_claim(item["custom"])
        sent = message.lti_launch()
        return {"id_token": sent["id_token"], "state": sent["state"]}

    def access_token(self, form: dict[str, str]) -> dict[str, Any]:
        return self.platform.get_access_token(form)

    def check(self, token: str) -> bool:
        return self.platform.validate_token(token, [ROSTER_SCOPE])

    def read(self, form: dict[str, str]) -> list[dict[str, Any]]:
        return self.platform.validate_deeplinking_resp(form)


if __name__ == "__main__":
    serve(OtherPlatform)
