"""What is about to happen, in the words of the administrator who says yes: who asks, which hosts, what we shall get."""

from dataclasses import dataclass

from sqlalchemy import select

from lti_tool.db import db
from lti_tool.launch.model import Registration
from lti_tool.launch.platforms import registrations_of
from lti_tool.launch.profiles import Profile, profile_named
from lti_tool.launch.registration.configuration import PlatformConfiguration
from lti_tool.launch.registration.document import asked_of
from lti_tool.launch.registration.site import other_hosts
from lti_tool.words import said, to_say

_USES = {
    "issuer": to_say("its own name"),
    "configuration": to_say("its configuration"),
    "registration": to_say("takes the registration"),
    "login": to_say("signs people in"),
    "tokens": to_say("gives access to its services"),
    "keys": to_say("publishes its keys"),
    "audience": to_say("is named in requests for access"),
}
MESSAGES = {
    "LtiResourceLinkRequest": to_say("Open the Space from a course"),
    "LtiDeepLinkingRequest": to_say("Let a teacher pick what to place in a course"),
    "LtiSubmissionReviewRequest": to_say("Open a learner's evidence from the gradebook"),
    "LtiDataPrivacyLaunchRequest": to_say("Open the page on personal data"),
    "DataPrivacyLaunchRequest": to_say("Open the page on personal data"),
}
SCOPES = {
    "https://purl.imsglobal.org/spec/lti-nrps/scope/contextmembership.readonly": to_say("Read who is in a course"),
    "https://purl.imsglobal.org/spec/lti-ags/scope/lineitem": to_say("Add columns to the gradebook"),
    "https://purl.imsglobal.org/spec/lti-ags/scope/lineitem.readonly": to_say("Read the gradebook's columns"),
    "https://purl.imsglobal.org/spec/lti-ags/scope/result.readonly": to_say("Read grades in its own columns"),
    "https://purl.imsglobal.org/spec/lti-ags/scope/score": to_say("Write grades into its own columns"),
    "https://purl.imsglobal.org/spec/lti-gs/scope/contextgroup.readonly": to_say("Read the groups of a course"),
    "https://purl.imsglobal.org/spec/lti/scope/noticehandlers": to_say("Be told when a course is copied"),
}
CLAIMS = {
    "iss": to_say("which LMS it is"),
    "sub": to_say("an id for each person"),
    "name": to_say("names"),
    "given_name": to_say("names"),
    "family_name": to_say("names"),
    "email": to_say("e-mail addresses"),
    "locale": to_say("languages"),
}


@dataclass(frozen=True)
class Plan:
    """The page before the yes. `is_known`: this issuer is registered already. `known` are its registrations within the
    invitation's organization, by name and client id: hosted Canvas is one issuer for every school, and no school is
    told of another.
    """

    name: str
    product: str
    issuer: str
    hosts: dict[str, str]
    messages: list[tuple[str, tuple[str, ...]]]
    scopes: list[str]
    claims: list[str]
    custom: dict[str, str]
    needs_activation: bool
    is_known: bool
    known: list[tuple[str, str]]


def plan_of(configuration: PlatformConfiguration, *, name: str | None, organization: str | None) -> Plan:
    asked = asked_of(configuration)
    hosts = other_hosts(configuration)
    return Plan(
        name=name or configuration.account or configuration.host,
        product=" ".join(part for part in (product_name(configuration), configuration.version) if part),
        issuer=configuration.issuer,
        hosts={host: ", ".join(said(_USES[use]) for use in uses) for host, uses in hosts.items()},
        messages=[(MESSAGES[one.type], one.placements) for one in asked.messages],
        scopes=[SCOPES[one] for one in asked.scopes],
        claims=list(dict.fromkeys(CLAIMS[one] for one in asked.claims)),
        custom=dict(asked.custom),
        needs_activation=asked.needs_activation,
        is_known=bool(registrations_of(configuration.issuer)),
        known=_known(configuration.issuer, organization),
    )


def product_name(configuration: PlatformConfiguration) -> str:
    """The LMS's own code for itself, where nobody has described it."""
    profile: Profile = profile_named(configuration.family)
    return profile.name if profile.families else configuration.family


def _known(issuer: str, organization: str | None) -> list[tuple[str, str]]:
    own = (Registration.issuer == issuer, Registration.organization_id == organization)
    rows = select(Registration.name, Registration.client_id).where(*own)
    return [(name, client) for name, client in db.session.execute(rows.order_by(Registration.created_at).limit(10))]
