"""Our awards of 2.0 at another home, where they can be tampered with as only their host could.

A hosted award is what its address says, and ours says nothing wrong. So award, badge class, issuer and picture are
fetched from the running tool and served again from a host of the test's, with every address of ours in them replaced by
one of the host's, and nothing else. The matrix tries such a copy untouched too: whoever refuses a tampered one refuses
it for the tampering.
"""

import json
from dataclasses import dataclass, field
from typing import Any

from lti_tool.badges.openbadge.baking import ASSERTION, bake_png, bake_svg, split_png, split_svg
from lti_tool.badges.verifying.checking import Given
from tests.judges.hosting import Host, Page
from tests.judges.our_awards import Document, OurTool
from tests.judges.trials import Kind, Way

AWARD, BADGE, ISSUER = "award", "badge", "issuer"


@dataclass
class Copy:
    """One award with all that belongs to it, in a folder of the host's."""

    host: Host
    paths: dict[str, str]
    png: bytes
    svg: bytes

    def change(self, part: str, **members: Any) -> "Copy":
        """Change members of a document; None takes one away."""
        changed = {**self.document(part), **members}
        return self.put(part, {name: value for name, value in changed.items() if value is not None})

    def put(self, part: str, document: Document, status: int = 200) -> "Copy":
        self.host.pages[self.paths[part]] = Page(json.dumps(document).encode(), status=status)
        return self

    def document(self, part: str) -> Document:
        found: Document = json.loads(self.host.pages[self.paths[part]].body)
        return found

    def address(self, part: str) -> str:
        return self.host.url(self.paths[part])

    def beside(self, path: str, document: Document) -> str:
        """Another document in the same folder. Answers its address."""
        place = f"{self.folder}/{path}"
        self.host.pages[place] = Page(json.dumps(document).encode())
        return self.host.url(place)

    @property
    def folder(self) -> str:
        return self.paths[AWARD].partition("/public/")[0]

    def ways(self, address: str | None = None) -> list[Way]:
        """The award in each form, with what is hosted now baked in."""
        text, here = json.dumps(self.document(AWARD)), address or self.address(AWARD)
        return [
            (Kind.HOSTED_ADDRESS, Given("url", here)),
            (Kind.HOSTED_JSON, Given("json", text)),
            (Kind.HOSTED_PNG, Given("image", bake_png(split_png(self.png), {ASSERTION: text}))),
            (Kind.HOSTED_SVG, Given("image", bake_svg(split_svg(self.svg), text, here))),
        ]


@dataclass
class Copies:
    """Copies of one award of the tool's, each in a folder of its own."""

    tool: OurTool
    host: Host
    award: str
    _fetched: dict[str, bytes] = field(default_factory=dict)
    _made: int = 0

    def one(self) -> Copy:
        paths = {
            AWARD: f"assertions/{self.award}",
            BADGE: f"badges/{self.tool.badge}",
            ISSUER: f"issuers/{self.tool.issuer}",
        }
        self._made += 1
        folder = f"/{self._made}"
        here, there = self.tool.url.encode(), self.host.url(folder).encode()
        for path in paths.values():
            self.host.pages[f"{folder}/public/{path}"] = Page(self._fetch(path).replace(here, there))
        pictures = {form: self._fetch(f"{paths[BADGE]}/image.{form}") for form in ("png", "svg")}
        for path in paths.values():
            picture = f"{path}/image.png"
            self.host.pages[f"{folder}/public/{picture}"] = Page(self._fetch(picture), "image/png")
        places = {part: f"{folder}/public/{path}" for part, path in paths.items()}
        return Copy(self.host, places, pictures["png"], pictures["svg"])

    def _fetch(self, path: str) -> bytes:
        if path not in self._fetched:
            self._fetched[path] = self.tool.get(path)
        return self._fetched[path]
