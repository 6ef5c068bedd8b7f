"""How an input is changed: a document in some places, bytes anywhere, a PNG by its chunks, a token by its parts."""

import base64
import copy
import json
import random
import zlib
from typing import Any

from lti_tool.badges.openbadge.png import SIGNATURE, PictureError, chunk, chunks

_MOST_ROUNDS = 4
_LONGEST = 300_000
ODD: tuple[Any, ...] = (
    None, True, False, 0, -1, 1.5, 10**29, -(10**400), 1e308, float("nan"), float("inf"), "", " ", "\x00", "\ud83d",
    "\u202e\u2066", "$Name", "%", "%s%(x)s{0}", "https://", "http://[", "http://a:b/", "https://[::1]:99999/", "//a",
    "javascript:alert(1)", "urn:x", "did:web:%", "did:key:z", "sha256$", "data:image/png;base64,=", "u", "uH4sI",
    "9999-12-31T23:59:59-14:00", "0001-01-01T00:00:00+14:00", "2026-02-30", "١٢٣", "1e999", "<script>",
    "a" * 70_000,
    [], {}, [[]], [None], [{}], {"": ""}, {"id": None}, {"type": [1]}, {"@context": {"name": None}}, ["x"] * 3000,
)  # fmt: skip
_BYTES = (
    b"", b"\x00", b"\xff\xfe", b"\xef\xbb\xbf", b"<!--", b"<!DOCTYPE x>", b"&#0;", b"&x;", b"](", b"```", b'"', b"\r",
    b"{", b"[" * 3000, b"<g>" * 300, b"> " * 500, b"\x7f\xff\xff\xff", b"\x80\x00\x00\x00", b"PK\x03\x04", b"-1",
)  # fmt: skip


def changed_document(document: Any, chance: random.Random) -> Any:
    """A copy of it with one to four places changed."""
    found = copy.deepcopy(document)
    for _ in range(chance.randint(1, _MOST_ROUNDS)):
        found = _changed_once(found, chance)
    return found


def changed_bytes(data: bytes, chance: random.Random) -> bytes:
    for _ in range(chance.randint(1, _MOST_ROUNDS)):
        begin = chance.randint(0, len(data))
        end = min(len(data), begin + chance.choice((0, 1, 2, 8, 64, 4096)))
        piece = data[begin:end]
        instead = chance.choice((
            b"", piece * 2, piece[::-1], chance.randbytes(chance.randint(1, 8)), chance.choice(_BYTES),
            bytes(one ^ (1 << chance.randint(0, 7)) for one in piece), piece * 500,
        ))  # fmt: skip
        data = (data[:begin] + instead + data[end:])[:_LONGEST]
    return data[: chance.randint(0, len(data))] if chance.random() < 0.1 else data


def changed_png(png: bytes, chance: random.Random) -> bytes:
    """Mostly with sums that are right, so that more than the sums is looked at."""
    if chance.random() < 0.3:
        return changed_bytes(png, chance)
    try:
        parts = [(one.kind, one.body) for one in chunks(png)]
    except PictureError:
        return changed_bytes(png, chance)
    place = chance.randrange(len(parts))
    kind, body = parts[place]
    parts[place] = (chance.choice((kind, kind, kind, b"iTXt", b"tEXt", b"IHDR", b"acTL")), _changed_body(body, chance))
    if chance.random() < 0.2:
        parts.insert(chance.randrange(len(parts)), parts[place])
    return SIGNATURE + b"".join(chunk(*part) for part in parts)


def changed_jwt(text: str, chance: random.Random) -> str:
    """Its parts as documents, or its letters."""
    parts = text.split(".")
    if len(parts) != 3 or chance.random() < 0.3:
        return changed_bytes(text.encode(), chance).decode("utf-8", "replace")
    place = chance.randrange(2)
    document = json.loads(base64.urlsafe_b64decode(parts[place] + "=="))
    parts[place] = base64.urlsafe_b64encode(as_text(changed_document(document, chance)).encode()).decode().rstrip("=")
    return ".".join(parts)


def as_text(document: Any) -> str:
    """As JSON, halves of letters and numbers that are none included."""
    return json.dumps(document)


def _changed_body(body: bytes, chance: random.Random) -> bytes:
    """Also what is packed in it, packed again."""
    begin = body.find(b"\x78")
    if begin >= 0 and chance.random() < 0.5:
        try:
            unpacked = zlib.decompressobj().decompress(body[begin:], _LONGEST)
        except zlib.error:
            return changed_bytes(body, chance)
        return body[:begin] + zlib.compress(changed_bytes(unpacked, chance))
    return changed_bytes(body, chance)


def _changed_once(document: Any, chance: random.Random) -> Any:
    places = list(_places(document))
    if not places or chance.random() < 0.02:
        return copy.deepcopy(chance.choice(ODD))
    holder, name = chance.choice(places)
    deed = chance.random()
    if deed < 0.5:
        holder[name] = copy.deepcopy(chance.choice(ODD))
    elif deed < 0.65:
        del holder[name]
    elif deed < 0.75:
        holder[name] = [holder[name]] * chance.choice((1, 2, 200))
    elif deed < 0.9:
        other, elsewhere = chance.choice(places)
        holder[name] = copy.deepcopy(other[elsewhere])
    elif isinstance(holder[name], str):
        holder[name] = changed_bytes(holder[name].encode("utf-8", "replace"), chance).decode("utf-8", "replace")
    else:
        holder[name] = {"id": holder[name], "type": chance.choice(("", "Assertion", "Profile"))}
    return document


def _places(part: Any) -> Any:
    """Every (holder, name) in it."""
    inside = list(part.items()) if isinstance(part, dict) else list(enumerate(part)) if isinstance(part, list) else []
    for name, value in inside[:500]:
        yield part, name
        yield from _places(value)
