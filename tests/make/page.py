"""A page as a browser reads it."""

from functools import lru_cache
from xml.etree.ElementTree import Element

import html5lib


@lru_cache(maxsize=64)
def parsed(text: str) -> Element:
    """Its tree, to be looked at only: whoever reads the same page again gets the same one, for reading takes longer
    than making.
    """
    tree: Element = html5lib.parse(text)
    return tree
