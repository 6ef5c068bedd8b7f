"""Is a tool's registration right? (LTI Dynamic Registration 1.0, section 3.5.)"""

from typing import Any, NoReturn
from urllib.parse import urlsplit

from lti_tool.sandbox import vocabulary as words
from lti_tool.sandbox.addresses import is_web_address

_TEXT, _LIST, _DEEPEST = 2_000, 50, 20
_ADDRESSES = ("initiate_login_uri", "jwks_uri")
_MORE_ADDRESSES = ("logo_uri", "client_uri", "tos_uri", "policy_uri")
_FIXED = {
    "application_type": "web",
    "response_types": ["id_token"],
    "token_endpoint_auth_method": "private_key_jwt",
}
_GRANTS = {"client_credentials", "implicit"}


class RegistrationRefused(Exception):  # noqa: N818 - it is an answer to the tool, not a fault of ours
    """What is wrong: in a sentence, as the bare word or phrase that Moodle would say, and as an OAuth error."""

    def __init__(self, description: str, word: str, error: str = "invalid_client_metadata", status: int = 400) -> None:
        super().__init__(description)
        self.description, self.word, self.error, self.status = description, word, error, status


def check_document(document: dict[str, Any], supported: dict[str, tuple[str, ...]]) -> dict[str, Any]:
    """The tool configuration of a right registration; RegistrationRefused with the first rule that it breaks.

    `supported` are the placements of each message that this platform sends.
    """
    _check_nothing_null(document, "the registration", _DEEPEST)
    _check_client(document)
    tool = document.get(words.TOOL_CONFIGURATION)
    if not isinstance(tool, dict):
        _refuse("the tool configuration is missing", words.TOOL_CONFIGURATION)
    _check_tool(tool, supported)
    _check_domain(tool, [*document["redirect_uris"], *(document[name] for name in _ADDRESSES)])
    return tool


def _check_client(document: dict[str, Any]) -> None:
    """What OpenID Connect registration asks of any client."""
    for name, value in _FIXED.items():
        if document.get(name) != value:
            _refuse(f"{name} must be {value}", name)
    if set(_texts(document, "grant_types")) != _GRANTS:
        _refuse("grant_types must be client_credentials and implicit", "grant_types")
    _text(document, "client_name")
    if not isinstance(document.get("scope"), str):
        _refuse("scope must be one text, with a space between scopes", "scope")
    if not _texts(document, "redirect_uris"):
        _refuse("redirect_uris is empty", "redirect_uris", error="invalid_redirect_uri")
    for address in document["redirect_uris"]:
        _address(address, "redirect_uris")
    for name in (*_ADDRESSES, *(more for more in _MORE_ADDRESSES if more in document)):
        _address(_text(document, name), name)


def _check_tool(tool: dict[str, Any], supported: dict[str, tuple[str, ...]]) -> None:
    if "scope" in tool:
        _refuse("scope belongs beside the tool configuration, not into it", "scope")
    if not tool.get("domain"):
        _refuse("domain is missing", "domain", word="missing_domain")
    _text(tool, "domain")
    _address(_text(tool, "target_link_uri"), "target_link_uri")
    _texts(tool, "claims")
    _check_custom(tool)
    listed = tool.get("messages")
    if not isinstance(listed, list) or len(listed) > _LIST:
        _refuse("messages must be a list", "messages")
    for message in listed:
        if not isinstance(message, dict):
            _refuse("a message is not an object", "messages")
        kind = _text(message, "type")
        if "target_link_uri" in message:
            _address(_text(message, "target_link_uri"), "target_link_uri")
        _check_custom(message)
        if "placements" in message and not set(_texts(message, "placements")) <= set(supported.get(kind, ())):
            _refuse(f"{kind} names a placement that this platform does not have", "placements")


def _check_domain(tool: dict[str, Any], addresses: list[str]) -> None:
    """The domain is compared with the port, as Moodle does."""
    others = _texts(tool, "secondary_domains") if "secondary_domains" in tool else []
    domains = {str(domain).lower() for domain in (tool["domain"], *others)}
    targets = [message["target_link_uri"] for message in tool["messages"] if "target_link_uri" in message]
    for address in (tool["target_link_uri"], *targets):
        if urlsplit(address).netloc.lower() not in domains:
            _refuse("target_link_uri is not on the domain", "target_link_uri", word="domain_targetlinkuri_mismatch")
    for address in addresses:
        if urlsplit(address).netloc.lower() not in domains:
            _refuse(f"{address} is not on the domain", "redirect_uris", error="invalid_redirect_uri")


def _check_custom(holder: dict[str, Any]) -> None:
    custom = holder.get("custom_parameters", {})
    if not isinstance(custom, dict) or not all(isinstance(value, str) for value in custom.values()):
        _refuse("custom_parameters must hold texts", "custom_parameters")


def _check_nothing_null(value: object, name: str, levels: int) -> None:
    if value is None:
        _refuse(f"{name} is null", name)
    if not levels:
        _refuse("the registration is nested too deeply", "nesting")
    members = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for member, one in members:
        _check_nothing_null(one, str(member), levels - 1)


def _text(holder: dict[str, Any], name: str) -> str:
    value = holder.get(name)
    if value is None:
        _refuse(f"{name} is missing", name, word=f"missing required attribute {name}")
    if not isinstance(value, str) or not value.strip() or len(value) > _TEXT:
        _refuse(f"{name} must be text", name)
    return value


def _texts(holder: dict[str, Any], name: str) -> list[str]:
    value = holder.get(name)
    if value is None:
        _refuse(f"{name} is missing", name, word=f"missing required attribute {name}")
    if not isinstance(value, list) or len(value) > _LIST or not all(isinstance(one, str) for one in value):
        _refuse(f"{name} must be a list of texts", name)
    return value


def _address(text: str, name: str) -> None:
    if not is_web_address(text):
        _refuse(f"{name} must be a whole address", name)


def _refuse(description: str, name: str, *, word: str = "", error: str = "invalid_client_metadata") -> NoReturn:
    raise RegistrationRefused(description, word or f"invalid {name}", error)
