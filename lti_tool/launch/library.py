"""PyLTI1p3 behind our gate: its message launch and tool configuration, every step that it does laxly replaced.

What the library is kept for: the launch object with its order of steps, the claims it knows, and the service types
that hang on `get_service_connector`. Written so that its fork pylti1p3next could take its place.
"""

from collections.abc import Mapping
from typing import Any, Never

from pylti1p3.cookie import CookieService
from pylti1p3.deployment import Deployment as LibraryDeployment
from pylti1p3.exception import LtiException
from pylti1p3.message_launch import MessageLaunch
from pylti1p3.registration import Registration as LibraryRegistration
from pylti1p3.request import Request
from pylti1p3.session import SessionService
from pylti1p3.tool_config import ToolConfAbstract

from lti_tool import clock
from lti_tool.digests import digest, same
from lti_tool.errors import Problem
from lti_tool.launch.claims import Launch, read_launch
from lti_tool.launch.keys import signing_key
from lti_tool.launch.login import LoginUnderWay, check_browser, check_target
from lti_tool.launch.login_cookies import cookie_name
from lti_tool.launch.model import Registration
from lti_tool.launch.platform_keys import KeyCache
from lti_tool.launch.platforms import RegistrationFacts
from lti_tool.launch.token import Token, check_parties, check_signature, check_times, read_token


class FormRequest(Request):
    """The POST of a launch, as the library wants to see it."""

    def __init__(self, form: Mapping[str, str], *, secure: bool) -> None:
        self._form, self._secure = form, secure

    @property
    def session(self) -> Never:
        raise LtiException("A launch has no session; its login state lies in the database.")

    def is_secure(self) -> bool:
        return self._secure

    def get_param(self, key: str) -> str:
        return self._form.get(key, "")


class ReadOnlyCookies(CookieService):
    """The cookies that came with the launch; the door itself sets them."""

    def __init__(self, cookies: Mapping[str, str]) -> None:
        self._cookies = cookies

    def get_cookie(self, name: str) -> str | None:
        return self._cookies.get(name)

    def set_cookie(self, name: str, value: str | int, exp: int | None = 3600) -> Never:
        raise LtiException("The library sets no cookies here.")


class NoSession(SessionService):
    """Nonce, state and launch data are ours (rows), so the library's session keeps nothing."""

    def __init__(self) -> None:  # the parent would open Flask's signed session for personal data
        pass


class StrictRegistration(LibraryRegistration):
    """A registration row for the library, with our rotating keys instead of one fixed pair."""

    def __init__(self, row: Registration | RegistrationFacts) -> None:
        self.id, self.clock_skew = row.id, row.clock_skew or 0
        self.set_issuer(row.issuer).set_client_id(row.client_id).set_key_set_url(row.jwks_url)
        self.set_auth_login_url(row.auth_url).set_auth_token_url(row.token_url)
        self.set_auth_audience(row.token_audience or row.token_url)

    def get_kid(self) -> str:
        return signing_key(self.id).kid

    def get_tool_private_key(self) -> str:
        return signing_key(self.id).private_pem


class StateToolConf(ToolConfAbstract[FormRequest]):
    """The library's configuration of one launch: the registration that its login began with, and no other."""

    def __init__(self, registration: StrictRegistration) -> None:
        self._registration = registration

    def check_iss_has_one_client(self, iss: str) -> bool:
        return False

    def check_iss_has_many_clients(self, iss: str) -> bool:
        return True

    def find_registration_by_issuer(self, iss: str, *args: Any, **kwargs: Any) -> LibraryRegistration:
        return self._registration

    def find_registration_by_params(self, iss: str, client_id: str, *args: Any, **kwargs: Any) -> LibraryRegistration:
        return self._registration

    def find_deployment(self, iss: str, deployment_id: str) -> LibraryDeployment | None:
        return LibraryDeployment().set_deployment_id(deployment_id)

    def find_deployment_by_params(
        self, iss: str, deployment_id: str, client_id: str, *args: Any, **kwargs: Any
    ) -> LibraryDeployment | None:
        return LibraryDeployment().set_deployment_id(deployment_id)


class StrictLaunch(MessageLaunch[FormRequest, StateToolConf, NoSession, ReadOnlyCookies]):
    """One launch through the gate. `validate()` raises `Problem` only, and writes nothing."""

    def __init__(
        self, form: FormRequest, cookies: ReadOnlyCookies, *, login: LoginUnderWay, keys: KeyCache
    ) -> None:  # fmt: skip
        strict = StrictRegistration(login.registration)
        super().__init__(form, StateToolConf(strict), NoSession(), cookies)
        self._registration = strict
        self._login, self._known, self._keys = login, login.registration, keys
        self._token: Token
        self.launch: Launch

    @property
    def issued_at(self) -> float:
        """By the platform's clock. For a launch that is validated."""
        issued: float = self._token.claims["iat"]
        return issued

    def _get_request_param(self, key: str) -> str:
        return self._request.get_param(key)

    def validate(self) -> "StrictLaunch":
        """Browser, form, signature, parties, times, nonce, message, deployment: nothing is read before it is proven."""
        self._validated = True
        self.validate_state().validate_jwt_format().validate_jwt_signature().validate_registration()
        self.validate_nonce().validate_message().validate_deployment()
        return self

    def validate_state(self) -> "StrictLaunch":
        check_browser(self._login, self._cookie_service.get_cookie(cookie_name(self._login.state_hash)))
        return self

    def validate_jwt_format(self) -> "StrictLaunch":
        self._token = read_token(self._get_request_param("id_token"))
        self._jwt["body"] = self._token.claims  # type: ignore[typeddict-item]
        return self

    def validate_jwt_signature(self) -> "StrictLaunch":
        check_signature(self._token, self._keys.find(self._known, self._token.kid))
        return self

    def validate_registration(self) -> "StrictLaunch":
        check_parties(self._token.claims, issuer=self._known.issuer, client_id=self._known.client_id)
        check_times(self._token.claims, now=clock.now().timestamp())
        return self

    def validate_nonce(self) -> "StrictLaunch":
        nonce = self._token.claims.get("nonce")
        if not isinstance(nonce, str) or not same(digest(nonce), self._login.nonce_hash):
            raise Problem("nonce_wrong")
        return self

    def validate_message(self) -> "StrictLaunch":
        self.launch = read_launch(self._token.claims)
        if self.launch.target:
            check_target(self.launch.target)
        return self

    def validate_deployment(self) -> "StrictLaunch":
        hint = self._login.deployment_hint
        if hint is not None and hint != self.launch.deployment_id:
            raise Problem("deployment_mismatch")
        return self
