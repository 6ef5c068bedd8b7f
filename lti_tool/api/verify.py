"""Checking any badge, for programs: every check with its reason."""

import json as jsons
from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import Field, StringConstraints, model_validator

from lti_tool.api.describing import asks
from lti_tool.api.fields import Asked, Shown, Upload
from lti_tool.badges.verifying.checking import check_badge
from lti_tool.badges.verifying.finding import Given
from lti_tool.badges.verifying.verdict import FoundAward
from lti_tool.badges.verifying.verdict import Verdict as Judged
from lti_tool.people.access import Permission, needs

_MOST_TEXT = 1024 * 1024
Text = Annotated[str, StringConstraints(min_length=1, max_length=_MOST_TEXT)]


class VerifySource(Asked):
    """A badge to check: exactly one of the three."""

    model_config = {"json_schema_extra": {"minProperties": 1, "maxProperties": 1}}

    url: Annotated[str, StringConstraints(min_length=1, max_length=4000)] | None = Field(
        default=None, description="the public address of an awarded badge"
    )
    award: Text | dict[str, Any] | None = Field(
        default=None, alias="json", description="an awarded badge: its JSON, as it is or as text"
    )
    jwt: Text | None = Field(default=None, description="an awarded badge as signed text")

    @model_validator(mode="after")
    def _exactly_one(self) -> "VerifySource":
        if sum(one is not None for one in (self.url, self.award, self.jwt)) != 1:
            raise ValueError('needs exactly one of "url", "json" and "jwt"')
        return self


class VerifyPicture(Asked):
    """A badge to check as the picture that it is baked into."""

    image: Upload = Field(description="a PNG or SVG with an award baked in")


class Checked(Shown):
    """One question about the badge."""

    name: str
    outcome: Literal["passed", "failed", "warning", "not asked"]
    reason: str


class Found(Shown):
    """What the badge says."""

    id: str
    badge: str = Field(description="the id of its badge class, where it comes from")
    name: str
    issuer: str = Field(description="the id of its issuer")
    issuer_name: str
    issued_on: datetime | None
    expires: datetime | None


class Verdict(Shown):
    """Whether the badge holds, and why."""

    valid: bool
    standard: str | None = Field(
        description='which standard it follows, and how it is proved, such as "2.0 hosted" or "3.0 JWT"; the older one '
        "of a picture that carries two"
    )
    checks: list[Checked]
    award: Found | None = Field(description="null where nothing that is an award could be read")


@needs(Permission.TOKEN)
@asks("Verify", Verdict)
def verify(json: VerifySource, form: VerifyPicture) -> Verdict:
    """Check any badge

    Ours or a stranger's, of Open Badges 1.x, 2.0 and 3.0: its address, its JSON or signed text, or as
    multipart/form-data the picture `image` that it is baked into. Nothing is kept. A badge that was not awarded to
    anybody is refused.
    """
    verdict = check_badge(_given(json, form))
    return Verdict(
        valid=verdict.valid, standard=_standard(verdict),
        award=_found(verdict.award) if verdict.award else None,
        checks=[Checked(name=one.name, outcome=one.outcome.value, reason=one.reason) for one in verdict.checks],
    )  # fmt: skip


def _given(json: VerifySource, form: VerifyPicture) -> Given:
    if form:
        return Given("image", form.image.stream.read())  # type: ignore[attr-defined]  # a file of werkzeug's
    if json.url is not None:
        return Given("url", json.url)
    if json.jwt is not None:
        return Given("jwt", json.jwt)
    return Given("json", json.award if isinstance(json.award, str) else jsons.dumps(json.award))


def _standard(verdict: Judged) -> str | None:
    told = [verdict.award.standard] if verdict.award else [one.standard for one in verdict.checks]
    return next((one.value for one in told if one), None)


def _found(award: FoundAward) -> Found:
    badge = award.badge
    return Found(
        id=award.id, badge=badge.id, name=badge.name, issuer=badge.issuer.id,
        issuer_name=badge.issuer.name, issued_on=award.issued_on, expires=award.expires,
    )  # fmt: skip
