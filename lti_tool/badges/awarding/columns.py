"""Which column of a table of recipients is what, and how its dates are written.

What becomes public (how it was earned, evidence) is guessed only from headings that say so: a teacher's own notes are
often called "comment". Pure.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from lti_tool.table import headings
from lti_tool.table.headings import EMAIL, FAMILY, GIVEN, NAME

ISSUED, EXPIRES, NARRATIVE, EVIDENCE = "issued_on", "expires", "narrative", "evidence"
FIELDS = (EMAIL, NAME, GIVEN, FAMILY, ISSUED, EXPIRES, NARRATIVE, EVIDENCE)
DAY_FIRST, MONTH_FIRST = "day", "month"

_KNOWN = headings.PEOPLE | headings.headings({
    ISSUED: (
        "issued|issued on|issue date|date issued|award date|awarded on|date of award|ausgestellt am|ausstellungsdatum|"
        "verliehen am|fecha de emision|date d'emission|date d'attribution|delivre le|data di emissione|"
        "data de emissao|datum van uitgifte|utfardat|utstedt|data wydania|дата выдачи|发布日期|発行日"
    ),
    EXPIRES: (
        "expires|expires on|expiry|expiry date|expiration|expiration date|valid until|gultig bis|ablaufdatum|"
        "lauft ab am|fecha de caducidad|valido hasta|date d'expiration|valable jusqu'au|data di scadenza|"
        "valido fino al|data de validade|valido ate|geldig tot|giltig till|gyldig til|wazny do|действует до|"
        "有効期限|有效期至"
    ),
    NARRATIVE: (
        "narrative|award narrative|how it was earned|verleihungstext|begrundung|narrativa|recit|motivation publique"
    ),
    EVIDENCE: (
        "evidence|evidence url|evidence link|nachweis|nachweis url|evidencia|url de la evidencia|preuve|"
        "url de la preuve|prova|bewijs|bevis|доказательство"
    ),
})  # fmt: skip


@dataclass(frozen=True)
class Columns:
    """Which column each field stands in, and whether an ambiguous date begins with its day or its month."""

    places: Mapping[str, int]
    dates: str = DAY_FIRST

    @property
    def has_email(self) -> bool:
        return EMAIL in self.places

    def kept(self, header: Sequence[str]) -> dict[str, Any]:
        """As the batch remembers it."""
        return {"header": list(header), "columns": dict(self.places), "dates": self.dates}


def guess(header: Sequence[str], first: Sequence[str] = ()) -> dict[str, int]:
    """What the headings say; the first row tells where the addresses stand when no heading does."""
    return headings.guess(header, first, known=_KNOWN)


def remembered(kept: Mapping[str, Any], header: Sequence[str]) -> Columns | None:
    """The mapping of an earlier table with the very same header."""
    if kept.get("header") != list(header):
        return None
    return chosen(kept.get("columns", {}), str(kept.get("dates")), len(header))


def chosen(columns: Mapping[str, Any], dates: str, width: int) -> Columns:
    """What somebody chose: anything that is no field or no column is left out."""
    return Columns(headings.chosen_places(columns, FIELDS, width), MONTH_FIRST if dates == MONTH_FIRST else DAY_FIRST)
