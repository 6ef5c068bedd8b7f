"""Names as people write them, made safe to keep, to sort and to show. Pure."""

import re
import unicodedata
from dataclasses import dataclass

NAME_LENGTH = 200
EMAIL_LENGTH = 254

# Marks that reorder or hide the text around them: a name may not carry them into our pages.
# Halves of characters, which JSON can carry and no database can keep, go with them.
_INVISIBLE = re.compile(
    "[\u0000-\u001f\u007f-\u009f\u061c\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ud800-\udfff\ufeff\ufff9-\ufffb]"
)
_EMAIL = re.compile(r"[^@\s<>\",;:()\[\]\\]{1,64}@[^@\s<>\"',;:()\[\]\\]{1,190}")


@dataclass(frozen=True)
class Names:
    """What a platform says of a person, cleaned. Every part may be missing."""

    name: str | None = None
    given_name: str | None = None
    family_name: str | None = None
    email: str | None = None

    @property
    def sort_name(self) -> str:
        return sort_key(self.family_name, self.given_name, self.name, self.email)


def clean_text(value: object, length: int = NAME_LENGTH) -> str | None:
    """One line without control and reordering marks, at most `length` characters; None when nothing is left."""
    if not isinstance(value, str):
        return None
    line = " ".join(_INVISIBLE.sub(" ", value[: length * 4]).split())
    return unicodedata.normalize("NFC", line)[:length].strip() or None


def clean_lines(value: str, length: int) -> str:
    """Several lines, each cleaned as `clean_text` does, of the first `length` characters."""
    return "\n".join(clean_text(line, length) or "" for line in value[:length].splitlines()).strip()


def clean_email(value: object) -> str | None:
    """The address in lower case, or None when it is none. Addresses are matched without regard to case."""
    if not isinstance(value, str) or len(value) > EMAIL_LENGTH:
        return None
    address = value.strip().lower()  # which may be longer: the small form of “İ” has two characters
    fits = len(address) <= EMAIL_LENGTH and address.isprintable()
    return address if fits and _EMAIL.fullmatch(address) else None


def clean_names(*, name: object, given_name: object, family_name: object, email: object) -> Names:
    """Platforms send any of these, of any type, or none."""
    given, family = clean_text(given_name), clean_text(family_name)
    whole = clean_text(name) or " ".join(part for part in (given, family) if part) or None
    return Names(whole, given, family, clean_email(email))


def code_of(row_id: str) -> str:
    """Six characters that tell people without a name apart: always the same for one of them, and they say nothing."""
    return row_id[-6:].upper()


def sort_key(family: str | None, given: str | None, name: str | None, email: str | None) -> str:
    """Family name first where it is known; people without any name come last."""
    written = " ".join(part for part in (family, given) if part) or name or email
    return written.casefold()[:NAME_LENGTH] if written else "\uffff"
