"""Which column of a table is what: guessed from its heading in several languages, corrected by whoever brings it.

Pure.
"""

import re
import unicodedata
from collections.abc import Collection, Mapping, Sequence
from typing import Any

EMAIL, NAME, GIVEN, FAMILY = "email", "name", "given_name", "family_name"

Headings = dict[str, frozenset[str]]


def _plain(heading: str) -> str:
    """Letters and digits only, without accents and case: “E-Mail Adresse:” and “email-adresse” are one."""
    apart = unicodedata.normalize("NFKD", heading.casefold())
    return re.sub(r"[\W_]+", "", "".join(sign for sign in apart if not unicodedata.combining(sign)))


def headings(written: Mapping[str, str]) -> Headings:
    """{field: its headings, with a bar between two of them}, ready to be compared."""
    return {field: frozenset(_plain(heading) for heading in known.split("|")) for field, known in written.items()}


PEOPLE = headings({
    EMAIL: (
        "email|e-mail|mail|email address|e-mail address|mail address|recipient|recipient email|recipient identifier|"
        "user email|student email|e-mail-adresse|mailadresse|correo|correo electronico|email del destinatario|"
        "courriel|adresse e-mail|adresse mail|adresse electronique|adresse de courriel|posta elettronica|"
        "indirizzo e-mail|e-mailadres|endereco de e-mail|correio eletronico|e-postadress|e-post|epost|"
        "e-mailadresse|sahkoposti|sahkopostiosoite|adres e-mail|email cim|e-posta|eposta adresi|почта|"
        "электронная почта|адрес электронной почты|електронна пошта|メール|メールアドレス|电子邮件|邮箱|電子郵件|"
        "이메일|البريد الالكتروني|דואל|ईमेल"
    ),
    NAME: (
        "name|full name|recipient name|display name|student|student name|vollstandiger name|anzeigename|"
        "nombre completo|nom complet|nome completo|nome e cognome|volledige naam|naam|namn|navn|nimi|imie i nazwisko|"
        "имя|фио|полное имя|名前|氏名|姓名|이름|الاسم|שם|नाम"
    ),
    GIVEN: (
        "first name|given name|forename|vorname|nombre|prenom|nome|voornaam|fornamn|fornavn|etunimi|imie|keresztnev|"
        "ad|имя|名"
    ),
    FAMILY: (
        "last name|family name|surname|nachname|familienname|zuname|apellido|apellidos|nom|nom de famille|cognome|"
        "achternaam|sobrenome|apelido|efternamn|etternavn|efternavn|sukunimi|nazwisko|soyad|фамилия|姓"
    ),
})  # fmt: skip


def guess(header: Sequence[str], first: Sequence[str] = (), *, known: Headings = PEOPLE) -> dict[str, int]:
    """What the headings say; the first row tells where the addresses stand when no heading does."""
    plain = [_plain(heading) for heading in header]
    columns: dict[str, int] = {}
    for field, spellings in known.items():
        for place, heading in enumerate(plain):
            if heading in spellings and place not in columns.values():
                columns[field] = place
                break
    if GIVEN in columns and FAMILY not in columns and NAME in columns:
        columns[FAMILY] = columns.pop(NAME)  # beside a given name, “name” is the family's
    if FAMILY in columns and GIVEN not in columns and NAME in columns and plain[columns[NAME]] in known[GIVEN]:
        columns[GIVEN] = columns.pop(NAME)
    if EMAIL not in columns:
        with_address = [place for place, cell in enumerate(first[: len(header)]) if "@" in cell]
        if with_address:
            columns[EMAIL] = with_address[0]
    return columns


def chosen_places(columns: Mapping[str, Any], fields: Collection[str], width: int) -> dict[str, int]:
    """What somebody chose: anything that is no field or no column is left out."""
    places = {field: _place(value, width) for field, value in columns.items() if field in fields}
    return {field: place for field, place in places.items() if place >= 0}


def cells_of(cells: Sequence[str], places: Mapping[str, int]) -> dict[str, str]:
    """{field: what stands in its column}, for one row."""
    return {field: cells[place].strip() for field, place in places.items() if place < len(cells)}


def _place(value: object, width: int) -> int:
    text = str(value)
    place = int(text) if re.fullmatch(r"[0-9]{1,4}", text) else -1
    return place if place < width else -1
