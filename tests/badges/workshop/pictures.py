"""Pictures that no badge may have, each with a part of the sentence that refuses it."""

import io
import struct
import zlib

from PIL import Image

from lti_tool.badges.openbadge.png import SIGNATURE, chunk


def _png() -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (64, 64), "teal").save(out, "PNG")
    return out.getvalue()


def _svg(inside: str, head: str = "") -> bytes:
    return f'{head}<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9">{inside}</svg>'.encode()


def _bomb(width: int, height: int) -> bytes:
    header = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
    return SIGNATURE + header + chunk(b"IDAT", zlib.compress(b"\0" * 100)) + chunk(b"IEND", b"")


def _as(kind: str) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (64, 64), "teal").save(out, kind)
    return out.getvalue()


_DAMAGED, _OUTSIDE, _HOLDS = "This picture is damaged", "outside the picture", "This SVG holds"
PNG = _png()
BAD_PICTURES = {
    "nothing": (b"", "This file is empty"),
    "cut off": (PNG[:-20], _DAMAGED),
    "a wrong checksum": (PNG[:40] + bytes([PNG[40] ^ 1]) + PNG[41:], _DAMAGED),
    "a chunk of gigabytes": (PNG[:33] + b"\xff\xff\xff\xf0IDAT" + PNG[41:], _DAMAGED),
    "a bomb of pixels": (_bomb(60_000, 60_000), "This picture is too large"),
    "a long thin bomb": (_bomb(4096, 4096), "This picture is too large"),
    "pixels that are not there": (_bomb(64, 64), _DAMAGED),
    "a web page behind a picture's first bytes": (SIGNATURE + b"<script>alert(1)</script>", _DAMAGED),
    "a photo that is called PNG": (_as("JPEG"), "This is a JPEG photo"),
    "an animation": (_as("GIF"), "This is a GIF picture"),
    "a web page": (b"<!doctype html><script>alert(1)</script>", _HOLDS),
    "a script": (_svg("<script>alert(1)</script>"), "the element &lt;script&gt;"),
    "a handler": (_svg('<rect width="9" height="9" onload="x()"/>'), "the event handler onload"),
    "a link": (_svg('<a href="https://x.example"><rect width="9" height="9"/></a>'), "the element &lt;a&gt;"),
    "another page inside": (_svg("<foreignObject/>"), "the element &lt;foreignObject&gt;"),
    "a picture from outside": (_svg('<image href="https://x.example/a.png"/>'), _OUTSIDE),
    "a file of the server": (_svg('<image href="file:///etc/passwd"/>'), _OUTSIDE),
    "a style from outside": (_svg('<style>@import url("https://x.example")</style>'), _OUTSIDE),
    "entities": (_svg("&a;", '<!DOCTYPE svg [<!ENTITY a "b">]>'), "a DOCTYPE"),
    "depth": (_svg("<g>" * 100 + "</g>" * 100), "nested more deeply"),
    "parts without end": (_svg("<g/>" * 31_000), "more parts than a badge picture needs"),
}  # fmt: skip
