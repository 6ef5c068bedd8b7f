"""Where the sandbox stands, and which tool it has installed from the start."""

from dataclasses import dataclass


@dataclass(frozen=True)
class SandboxSettings:
    """Addresses and identifiers, fixed while the sandbox runs.

    `url` is the sandbox's own base address and its issuer, `tool_url` the tool's base address, both
    without a trailing slash. `page_size` is the most members, line items or results in one answer.
    """

    url: str
    tool_url: str
    client_id: str = "spaces-sandbox"
    deployment_id: str = "1"
    page_size: int = 50
    learners: int = 1200

    @property
    def tool_login_url(self) -> str:
        """Where a login begins at the tool (OIDC third-party initiated login)."""
        return f"{self.tool_url}/lti/login"

    @property
    def tool_launch_url(self) -> str:
        """The one registered redirect URI, and the target of every link."""
        return f"{self.tool_url}/lti/launch"

    @property
    def tool_jwks_url(self) -> str:
        """The tool's public keys."""
        return f"{self.tool_url}/lti/jwks.json"

    @property
    def auth_url(self) -> str:
        """The OIDC authorization endpoint."""
        return f"{self.url}/auth"

    @property
    def token_url(self) -> str:
        """The OAuth 2 token endpoint, also the only audience a client assertion may name."""
        return f"{self.url}/token"

    @property
    def registration_url(self) -> str:
        """Where tools register themselves."""
        return f"{self.url}/registrations"

    @property
    def configuration_url(self) -> str:
        """The OpenID configuration that a registering tool reads."""
        return f"{self.url}/.well-known/openid-configuration"

    @property
    def jwks_url(self) -> str:
        """The platform's own public keys."""
        return f"{self.url}/jwks.json"
