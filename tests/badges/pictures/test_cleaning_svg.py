"""Uploaded drawings: what only draws is kept, what could act or reach out refuses the file."""

import base64
import io
import random

import pytest
from lxml import etree
from PIL import Image

from lti_tool.badges.openbadge.baking import bake_svg, split_svg
from lti_tool.badges.openbadge.unbaking import read_svg
from lti_tool.badges.pictures import rendering
from lti_tool.badges.pictures.cleaning import clean_picture
from lti_tool.badges.pictures.refusal import PictureRefused

OPEN = '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" viewBox="0 0 100 100">'
RED = '<rect width="100" height="100" fill="red"/>'


def _svg(body: str, start: str = OPEN) -> bytes:
    return f"{start}{body}</svg>".encode()


def _opened(png: bytes) -> Image.Image:
    image = Image.open(io.BytesIO(png))
    image.load()
    return image


def _photo(kind: str, side: int = 40, colour: str = "blue", **options: object) -> str:
    out = io.BytesIO()
    Image.new("RGB", (side, side), colour).save(out, kind, **options)  # type: ignore[arg-type]
    return base64.b64encode(out.getvalue()).decode()


def _image(kind: str, data: str, attribute: str = "href") -> str:
    return f'<image width="100" height="100" {attribute}="data:image/{kind};base64,{data}"/>'


def _refused(data: bytes) -> PictureRefused:
    with pytest.raises(PictureRefused) as refused:
        clean_picture(data)
    return refused.value


def test_a_drawing_is_kept_as_svg_and_drawn_as_png() -> None:
    clean = clean_picture(b"\xef\xbb\xbf<?xml version='1.0' encoding='UTF-8'?>\n<!-- made by hand -->" + _svg(RED))

    assert clean.svg == (
        b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 100 100" width="600" height="600">'
        b'<rect width="100" height="100" fill="red"/></svg>'
    )
    assert _opened(clean.png).size == (600, 600)
    assert _opened(clean.png).getpixel((300, 300)) == (255, 0, 0)


def test_cleaning_twice_changes_nothing() -> None:
    clean = clean_picture(_svg(RED))

    assert clean_picture(clean.svg) == clean


def test_a_drawing_that_is_no_square_is_not_distorted() -> None:
    start = OPEN.replace("0 0 100 100", "0 0 100 50")

    png = _opened(clean_picture(_svg('<rect width="100" height="50" fill="red"/>', start)).png)

    assert png.size == (600, 600)
    assert png.getpixel((300, 100))[3] == 0  # type: ignore[index]
    assert png.getpixel((300, 300)) == (255, 0, 0, 255)


@pytest.mark.parametrize("size", ['width="50" height="50"', 'width="50px" height="5e1mm"', 'width=" 50 " height="50"'])
def test_width_and_height_stand_in_for_a_view_box(size: str) -> None:
    clean = clean_picture(_svg(RED, OPEN.replace('viewBox="0 0 100 100"', size)))

    assert b'viewBox="0 0 50 50"' in clean.svg


@pytest.mark.parametrize(
    "size",
    [
        "",
        'width="50"',
        'width="100%" height="100%"',
        'viewBox="0 0 100"',
        'viewBox="0 0 0 100"',
        'viewBox="0 0 -1 100"',
        'viewBox="0 0 1e400 1e400"',
        'viewBox="nan nan 1 1"',
        'viewBox="0 0 nan nan"',
        'viewBox="a b c d"',
    ],
)
def test_a_drawing_without_a_size_is_refused(size: str) -> None:
    assert _refused(_svg(RED, OPEN.replace('viewBox="0 0 100 100"', size))).code == "no_size"


def test_what_editors_leave_behind_is_dropped() -> None:
    start = OPEN.replace("viewBox", 'xmlns:ed="http://editor.org" ed:version="1" data-name="Layer 1" viewBox')
    body = f'<metadata>Ada</metadata><title>t</title><ed:view zoom="1"/><g ed:label="x" aria-label="y">{RED}</g>'

    clean = clean_picture(_svg(body, start))

    assert b"Ada" not in clean.svg
    assert etree.fromstring(clean.svg)[0].attrib == {}
    assert b"editor" not in clean.svg


def test_badge_data_of_somebody_else_is_dropped() -> None:
    baked = bake_svg(split_svg(_svg(RED)), '{"somebody":"else"}', "https://x.org/1")

    clean = clean_picture(baked)

    assert read_svg(clean.svg) == {}
    assert b"somebody" not in clean.svg


def test_gradients_uses_styles_and_filters_of_the_drawing_itself_work() -> None:
    body = (
        "<defs><linearGradient id='g'><stop stop-color='red'/></linearGradient>"
        "<linearGradient id='h' xlink:href='#g'/><rect id='r' width='100' height='100'/>"
        "<filter id='f'><feGaussianBlur stdDeviation='1'/></filter></defs>"
        "<style>.a { fill: url(#h); filter: url('#f') }</style><use class='a' xlink:href='#r'/>"
    )

    assert _opened(clean_picture(_svg(body)).png).getpixel((300, 300)) == (255, 0, 0)


@pytest.mark.parametrize("attribute", ["href", "xlink:href"])
@pytest.mark.parametrize("kind", ["png", "jpeg"])
def test_a_photo_in_the_drawing_is_shown(kind: str, attribute: str) -> None:
    clean = clean_picture(_svg(_image(kind, _photo(kind.upper()), attribute)))

    red, green, blue = _opened(clean.png).getpixel((300, 300))  # type: ignore[misc]
    assert (red < 5, green < 5, blue > 250) == (True, True, True)


def test_a_photo_in_the_drawing_keeps_nothing_but_its_pixels() -> None:
    exif = Image.Exif()
    exif[0x010E] = "my garden"
    told = _photo("JPEG", exif=exif, comment=b"at home")
    assert b"my garden" in base64.b64decode(told)

    clean = clean_picture(_svg(_image("jpeg", told)))

    address = etree.fromstring(clean.svg)[0].get("href", "")
    photo = base64.b64decode(address.partition(",")[2])
    assert b"garden" not in photo
    assert b"at home" not in photo


@pytest.mark.parametrize(
    "body",
    [
        "<script>alert(1)</script>",
        "<foreignObject><p xmlns='http://www.w3.org/1999/xhtml'>x</p></foreignObject>",
        "<a href='https://x.org'><rect/></a>",
        "<animate attributeName='x'/>",
        "<set attributeName='onload' to='alert(1)'/>",
        "<rect onclick='alert(1)'/>",
        "<rect ONLOAD='alert(1)'/>",
        "<use href='https://x.org/a.svg#b'/>",
        "<use xlink:href='file:///etc/passwd#a'/>",
        "<use href='data:image/svg+xml;base64,PHN2Zy8+#a'/>",
        "<image href='https://x.org/a.png'/>",
        "<image href='/etc/passwd'/>",
        "<image href='#a'/>",
        "<image href='data:image/svg+xml;base64,PHN2Zy8+'/>",
        "<feImage href='https://x.org/a.png'/>",
        "<rect style='fill:url(https://x.org/a)'/>",
        "<rect fill='url( \"//x.org/a\" )'/>",
        "<rect fill='URL(http://x.org)'/>",
        "<rect style='fill:\\75rl(//x.org)'/>",
        "<style>@import 'https://x.org/a.css';</style>",
        "<style>@font-face { src: url(#a) }</style>",
        '<style>.a { content: "/*"; fill: url(//x.org/) "*/" }</style>',
        "<style><![CDATA[.a { fill: url(//x.org/) }]]></style>",
        "<?xml-stylesheet href='x.css'?>",
        "<unknown/>",
        "<g>" * 80 + "</g>" * 80,
        "<g/>" * 31_000,
        _image("png", "") * 11,
    ],
)
def test_a_drawing_that_could_act_or_reach_out_is_refused(body: str) -> None:
    assert _refused(_svg(body + RED)).code == "forbidden"


@pytest.mark.parametrize(
    "svg",
    [
        b'<!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN" "svg11.dtd">' + _svg(RED),
        b'<!-- x --> <!DOCTYPE svg [<!ENTITY a SYSTEM "file:///etc/passwd">]>' + _svg("<text>&a;</text>"),
        b'<?xml version="1.0"?><?xml-stylesheet href="x.css"?>' + _svg(RED),
    ],
    ids=["DTD", "entity", "style sheet"],
)
def test_a_drawing_with_a_doctype_or_an_instruction_is_refused(svg: bytes) -> None:
    assert _refused(svg).code == "forbidden"


@pytest.mark.parametrize(
    ("svg", "code"),
    [
        (_svg(RED)[:-3], "damaged"),
        (_svg("&a;"), "damaged"),
        (_svg(RED).decode().encode("utf-16"), "other_kind"),
        (b"<svg>" + RED.encode() + b"</svg>", "damaged"),
        (_svg("<image href='data:image/png;base64,QQ'/>"), "damaged"),
        (_svg(_image("jpeg", base64.b64encode(b"\xff\xd8\xff" + b"x" * 50).decode())), "damaged"),
        (_svg(_image("png", _photo("PNG", side=4097))), "too_many_pixels"),
        (_svg(_image("jpeg", _photo("JPEG", side=4097))), "too_many_pixels"),
        (_svg(""), "blank"),
        (_svg("<circle r='0'/>"), "blank"),
        (_svg(RED, OPEN.replace("0 0 100 100", "0 0 1000 1")), "too_narrow"),
    ],
)
def test_a_drawing_that_cannot_be_used_is_refused_with_a_reason(svg: bytes, code: str) -> None:
    assert _refused(svg).code == code


def test_uses_that_multiply_without_end_are_stopped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rendering, "CPU_SECONDS", 1)
    layers = "".join(f'<g id="l{level}">' + f'<use href="#l{level - 1}"/>' * 10 + "</g>" for level in range(1, 12))

    refused = _refused(_svg(f'<defs><g id="l0">{RED}</g>{layers}</defs><use href="#l11"/>'))

    assert refused.code in {"too_intricate", "not_drawable"}


def test_a_drawing_that_takes_too_long_is_stopped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rendering, "CPU_SECONDS", 1)
    anywhere = random.Random(1)  # noqa: S311 - a scribble, not a secret
    path = "L".join(f"{anywhere.random() * 100:.2f} {anywhere.random() * 100:.2f}" for _ in range(60_000))

    assert _refused(_svg(f'<path d="M{path}" stroke="red"/>')).code == "too_intricate"


def _shows_letters(text: str) -> bool:
    written = _svg(f'<rect width="9" height="9"/>{text}')
    try:
        png = clean_picture(written).png
    except PictureRefused as refused:
        if refused.code == "letters":
            return False
        raise
    assert _opened(png).convert("RGBA").crop((60, 100, 600, 400)).getbbox() is not None
    return True


def test_letters_are_drawn_with_a_font_of_this_machine_or_refused() -> None:
    """Never accepted and left out: a machine without the stand-in fonts refuses them."""
    unknown_font = _shows_letters('<text x="10" y="50" font-family="Nobody Has This">Hello</text>')

    assert unknown_font == _shows_letters('<text x="10" y="50">Hello</text>')


def test_letters_that_do_not_show_are_refused() -> None:
    assert not _shows_letters('<text x="10" y="50" font-size="0">Hello</text>')


def test_a_text_that_an_editor_left_empty_is_no_hindrance() -> None:
    clean = clean_picture(_svg(f"{RED}<text x='10' y='50'> <tspan/> </text>"))

    assert _opened(clean.png).getpixel((300, 300)) == (255, 0, 0)


def test_the_limits_do_not_hinder_a_common_drawing() -> None:
    shapes = "".join(
        f'<path d="M{place % 97} {place % 89}l3 3 -3 3z" fill="#{place % 4096:03x}"/>' for place in range(2000)
    )

    assert _opened(clean_picture(_svg(shapes)).png).size == (600, 600)
