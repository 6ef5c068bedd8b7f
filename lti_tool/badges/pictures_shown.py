"""The pictures of issuers and badge classes as stored, and of awards as baked at this moment (decision 1)."""

from typing import NamedTuple, Protocol

from lti_tool.badges.answers import mark
from lti_tool.badges.hosted import PublicAward, address, public_award
from lti_tool.badges.openbadge.baking import (
    ASSERTION,
    CREDENTIAL,
    BakeablePng,
    BakeableSvg,
    bake_png,
    bake_svg,
    split_png,
    split_svg,
)
from lti_tool.badges.openbadge.documents import to_json
from lti_tool.badges.pictures_kept import kept_picture
from lti_tool.badges.public_reads import AwardMark
from lti_tool.badges.recent import Recent
from lti_tool.badges.signing.credentials import credential_json

_WAY_OF_BAKING = 2  # another number when the same facts give other bytes, so that nobody keeps what was baked before
_MOST_BYTES = 32 * 1024 * 1024  # of each kind, in each process

_pngs: Recent[BakeablePng] = Recent(_MOST_BYTES, lambda parts: len(parts.head) + len(parts.tail))
_svgs: Recent[BakeableSvg] = Recent(_MOST_BYTES, lambda parts: len(parts.head) + len(parts.tail))


class Texts(NamedTuple):
    """What goes into an award's picture, and into which one."""

    name: str
    address: str
    png_key: str
    svg_key: str
    document: str
    credential: str | None


_texts: Recent[Texts | None] = Recent(_MOST_BYTES, lambda texts: sum(len(one or "") for one in texts or ()))


class Pictured(Protocol):
    """What has a picture in both forms (decision 16), or has none."""

    @property
    def png_key(self) -> str | None: ...
    @property
    def svg_key(self) -> str | None: ...


def picture_key(pictured: Pictured, form: str) -> str | None:
    """Where its picture lies; `form` is png or svg."""
    return pictured.png_key if form == "png" else pictured.svg_key


def baked_picture(award: PublicAward, form: str) -> bytes:
    """The class's picture with this award's hosted assertion of 2.0 and its credential of 3.0 spliced in; nothing is
    decoded. Until an issuer from before there were keys has them, 2.0 stands there alone.
    """
    return bake(_texts_of(award), form)


def texts_to_bake(award_id: str, known: AwardMark) -> Texts | None:
    """What is baked into an award's picture in the state that `known` marks; None when there is no such award."""
    return _texts.get((address("assertions", award_id), known), lambda: _read_texts(award_id))


def bake(texts: Texts, form: str) -> bytes:
    """The picture as `form` png or svg, with what makes it an award spliced in."""
    if form == "png":
        chunks = {ASSERTION: texts.document} | ({CREDENTIAL: texts.credential} if texts.credential else {})
        return bake_png(_png_parts(texts.png_key), chunks)
    return bake_svg(_svg_parts(texts.svg_key), texts.document, texts.address, texts.credential)


def picture_mark(award_id: str, known: AwardMark, form: str) -> str:
    """The ETag of an award's picture, from what makes it; nothing is baked or signed to know it."""
    return mark(_WAY_OF_BAKING, form, address("assertions", award_id), *known)


def _read_texts(award_id: str) -> Texts | None:
    award = public_award(award_id)
    return _texts_of(award) if award and not award.revoked else None


def _texts_of(award: PublicAward) -> Texts:
    return Texts(
        name=award.badge.name, address=address("assertions", award.id), png_key=award.badge.png_key,
        svg_key=award.badge.svg_key, document=to_json(award.document),
        credential=credential_json(award) if award.keys_at is not None else None,
    )  # fmt: skip


def _png_parts(key: str) -> BakeablePng:
    """Keys are hashes of content, so what is split once stays right for ever."""
    return _pngs.get(key, lambda: split_png(kept_picture(key)))


def _svg_parts(key: str) -> BakeableSvg:
    return _svgs.get(key, lambda: split_svg(kept_picture(key)))
