"""Words that are kept in English and said in the reader's language: the marks of `translations/README.md`."""

from decimal import Decimal

from babel.numbers import format_decimal
from flask_babel import get_locale, gettext


def to_say(text: str) -> str:
    """Mark a sentence that stands in a table or a constant, or is kept: it stays English until `said` says it."""
    return text


def said(text: str) -> str:
    """That sentence in the reader's language. What nobody translated, such as a person's own words, stays so."""
    return str(gettext(text)) if text else ""


def numeral(value: float | Decimal, form: str = "#,##0.######") -> str:
    """A number as the reader writes it: 20,000 and 1.5, or 20.000 and 1,5. `form` as Unicode's TR 35 has it."""
    return format_decimal(value, form, locale=get_locale() or "en")


def megabytes(size: int) -> str:
    """How much that is, in three digits, without its unit."""
    return numeral(float(f"{size / 1024 / 1024:.3g}"))
