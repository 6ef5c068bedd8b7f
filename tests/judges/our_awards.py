"""The tool as it runs, with awards of a rich badge: what the verdict matrix tries is fetched from it over HTTP."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, cast

import jwt
import requests
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from flask_migrate import upgrade

from lti_tool.app import create_app
from lti_tool.badges.awards import Recipient, award_badge, revoke_award
from lti_tool.badges.badge_classes import define_badge, edit_badge
from lti_tool.badges.issuers import edit_issuer, first_issuer_of
from lti_tool.badges.openbadge.baking import ASSERTION, CREDENTIAL, bake_png, bake_svg, split_png, split_svg
from lti_tool.badges.openbadge.multikey import to_multikey
from lti_tool.badges.pictures_kept import drawn_picture, keep_picture
from lti_tool.badges.revisions import BadgeWords
from lti_tool.badges.signing.addresses import method_address, profile_address
from lti_tool.badges.signing.keys import ED25519, RSA, signing_keys
from lti_tool.badges.verifying.checking import Given
from lti_tool.db import transaction
from lti_tool.settings import Settings
from tests.judges.trials import UNTOUCHED, Kind, Way
from tests.make.foreign_badge import ForeignPlatform
from tests.make.inside import inside
from tests.make.organization import make_organization
from tests.make.person import make_person
from tests.make.serving import free_port, serving

Document = dict[str, Any]
SIGNED_TEXT = "application/vc+jwt"
NAME, NEW_NAME, CRITERIA, STORY = "Welding", "Welding, anew", "Weld *it*.", "Held. ]]> 溶接 ✓"
PAST, FUTURE = datetime(2025, 1, 2, tzinfo=UTC), datetime(2099, 1, 2, tzinfo=UTC)
_HOSTS = frozenset({"localhost", "127.0.0.1"})
_ALIGNED = {
    "name": "Welder", "url": "https://esco.example/w", "description": "Welds.", "framework": "ESCO", "code": "7",
}  # fmt: skip


@dataclass(frozen=True)
class Pen:
    """Signs as an issuer does, but whatever it is given, so with code of others: ours would refuse much of it."""

    profile: str
    key: Ed25519PrivateKey
    method: str
    rsa: RSAPrivateKey
    kid: str

    def with_proof(self, document: Document, **changed: Any) -> str:
        """`changed` are members of the proof, which are signed too."""
        platform = ForeignPlatform(self.profile, key=self.key)
        return json.dumps(platform.with_proof(document, **{"verificationMethod": self.method, **changed}))

    def text(self, claims: Document, **header: Any) -> str:
        """`claims` are the whole payload."""
        return jwt.encode(claims, self.rsa, algorithm="RS256", headers={"kid": self.kid, **header})

    def of_attacker(self, key: Ed25519PrivateKey, rsa: RSAPrivateKey) -> "Pen":
        """Somebody else's keys under this issuer's id: nobody published the one, the other bears our key's name."""
        return Pen(self.profile, key, f"{self.profile}#{to_multikey(key.public_key())}", rsa, self.kid)


@dataclass(frozen=True)
class OurTool:
    """The tool that is served, and one issuer's badge."""

    url: str
    organization: str
    issuer: str
    badge: str
    _once: dict[str, bytes] = field(default_factory=dict, compare=False)

    @property
    def authority(self) -> str:
        return self.url.removeprefix("http://")

    def award(
        self, email: str | None, *, issued_on: datetime | None = None, expires: datetime | None = None,
        evidence: str | None = None,
    ) -> str:  # fmt: skip
        """To an address, or to somebody of whom none is known. Answers its id."""
        recipient = Recipient(email=email) if email else Recipient(person=make_person(self.organization))
        words: Document = {"narrative": STORY, "issued_on": issued_on, "expires": expires, "evidence": evidence}
        with transaction():
            return award_badge(badge=self.badge, recipient=recipient, **words).id

    def every_kind(self) -> Iterator[tuple[str, str]]:
        """What can be told of an award, and the id of one that tells it; of the badge nobody has an award yet."""
        yield UNTOUCHED, self.award("ada@example.org")
        yield "nothing: for somebody without an address", self.award(None)
        yield "nothing: it will end", self.award("eva@example.org", expires=FUTURE)
        yield "nothing: with evidence in words", self.award("eli@example.org", evidence="Seen in the workshop.")
        yield "nothing: with a link to evidence", self.award("ewa@example.org", evidence="https://work.example/1?a=b&c")

    def revoke(self, award: str) -> None:
        with transaction():
            revoke_award(award, reason="By mistake")

    def get(self, path: str, accept: str = "*/*") -> bytes:
        answer = requests.get(f"{self.url}/public/{path}", headers={"Accept": accept}, timeout=60)
        answer.raise_for_status()
        return answer.content

    def document(self, path: str) -> Document:
        found: Document = json.loads(self.get(path))
        return found

    def hosted(self, award: str) -> list[Way]:
        """The award of 2.0 in each form, as anybody fetches it."""
        return [
            (Kind.HOSTED_ADDRESS, Given("url", f"{self.url}/public/assertions/{award}")),
            (Kind.HOSTED_JSON, Given("json", self.get(f"assertions/{award}.json").decode())),
            (Kind.HOSTED_PNG, Given("image", self.get(f"assertions/{award}/image.png"))),
            (Kind.HOSTED_SVG, Given("image", self.get(f"assertions/{award}/image.svg"))),
        ]

    def proof(self, award: str) -> list[Way]:
        """The credential with its proof in each form; the pictures are those of the hosted award."""
        text = self.get(f"credentials/{award}.json").decode()
        (_, png), (_, svg) = self.hosted(award)[2:]
        return [(Kind.PROOF_JSON, Given("json", text)), (Kind.PROOF_PNG, png), (Kind.PROOF_SVG, svg)]

    def jwt(self, award: str) -> list[Way]:
        """The credential as signed text in each form."""
        return self.ways_of_text(award, self.get(f"credentials/{award}.jwt").decode())

    def ways_of_proof(self, award: str, text: str) -> list[Way]:
        """This credential in each form: in the pictures it stands where the award's own would stand."""
        assertion, address = self._saved(f"assertions/{award}.json").decode(), f"{self.url}/public/assertions/{award}"
        png = bake_png(split_png(self._picture("png")), {ASSERTION: assertion, CREDENTIAL: text})
        svg = bake_svg(split_svg(self._picture("svg")), assertion, address, text)
        return [
            (Kind.PROOF_JSON, Given("json", text)), (Kind.PROOF_PNG, Given("image", png)),
            (Kind.PROOF_SVG, Given("image", svg)),
        ]  # fmt: skip

    def ways_of_text(self, award: str, text: str) -> list[Way]:
        """We bake credentials with a proof; signed text is baked here as Open Badges 3.0, section 5.3, asks."""
        assertion = self._saved(f"assertions/{award}.json").decode()
        png = bake_png(split_png(self._picture("png")), {ASSERTION: assertion, CREDENTIAL: text})
        svg = bake_svg(split_svg(self._picture("svg")), assertion, f"{self.url}/public/assertions/{award}")
        element = f'<openbadges:credential xmlns:openbadges="https://purl.imsglobal.org/ob/v3p0" verify="{text}"/>'
        end = b"</openbadges:assertion>"
        return [
            (Kind.JWT_TEXT, Given("jwt", text)), (Kind.JWT_PNG, Given("image", png)),
            (Kind.JWT_SVG, Given("image", svg.replace(end, end + element.encode(), 1))),
        ]  # fmt: skip

    def pen(self) -> Pen:
        """The issuer's own keys, for what the issuer itself might say."""
        keys = signing_keys(self.issuer)
        proves, signs = keys[ED25519], keys[RSA]
        return Pen(
            profile_address(self.issuer), cast(Ed25519PrivateKey, proves.private), method_address(proves.public),
            cast(RSAPrivateKey, signs.private), method_address(signs.public),
        )  # fmt: skip

    def change_the_badge(self) -> None:
        """It gets another name, description and picture: every award shows that at once."""
        with transaction():
            edit_badge(
                self.badge, BadgeWords(NEW_NAME, "Welds well.", CRITERIA), expected=1, picture=drawn_picture("anew")
            )

    def another_issuer(self) -> "OurTool":
        """Another issuer of the same tool, with a badge of its own."""
        return OurTool(self.url, *_rich_badge(make_organization("Another school")))

    def _picture(self, form: str) -> bytes:
        return self._saved(f"badges/{self.badge}/image.{form}")

    def _saved(self, path: str) -> bytes:
        """What was fetched once: most pictures differ in what is baked into them alone."""
        if path not in self._once:
            self._once[path] = self.get(path)
        return self._once[path]


@contextmanager
def our_tool(folder: Path) -> Iterator[OurTool]:
    """The tool on a database of its own below `folder`, served on a free port, inside its application context."""
    port = free_port()
    app = create_app(
        Settings(
            data_dir=folder, database_url=f"sqlite:///{folder / 'matrix.db'}", public_url=f"http://localhost:{port}",
            private_badge_hosts=_HOSTS, log_level="CRITICAL",
        )
    )  # fmt: skip
    with inside(app), serving(app, port):
        upgrade()
        yield OurTool(f"http://localhost:{port}", *_rich_badge(make_organization("Школа")))


def _rich_badge(organization: str) -> tuple[str, str, str]:
    """A badge that says all that one can say, of an issuer that has a picture. Answers organization, issuer, badge."""
    issuer = first_issuer_of(organization)
    said = BadgeWords(NAME, "Welds.", CRITERIA, None, ("metal", "溶接"), (_ALIGNED,), "Certificate")
    with transaction():
        edit_issuer(issuer, description="A school", picture=lambda: keep_picture(drawn_picture("a school")))
        return organization, issuer, define_badge(issuer, said, picture=drawn_picture("a badge")).id
