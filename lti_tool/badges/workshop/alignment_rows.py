"""The rows of a badge's alignments in its form: as many as were sent, one more or one less without any script."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from lti_tool.badges.badge_reads import BadgeFacts
from lti_tool.badges.revisions import MOST_ALIGNMENTS

_PARTS = ("name", "url", "description", "framework", "code")


@dataclass
class AlignmentRows:
    """Rows of text fields. A row in which nothing is written is none."""

    rows: list[dict[str, str]] = field(default_factory=list)

    @classmethod
    def of(cls, badge: BadgeFacts | None) -> "AlignmentRows":
        return cls([{part: one.get(part, "") for part in _PARTS} for one in badge.alignments] if badge else [])

    @classmethod
    def sent(cls, form: Mapping[str, str]) -> "AlignmentRows":
        """What a form sent as `alignment-<row>-<part>`."""
        rows = [
            {part: form.get(f"alignment-{row}-{part}", "") for part in _PARTS}
            for row in range(MOST_ALIGNMENTS)
            if any(f"alignment-{row}-{part}" in form for part in _PARTS)
        ]
        return cls(rows)

    @property
    def has_room(self) -> bool:
        return len(self.rows) < MOST_ALIGNMENTS

    @property
    def filled(self) -> tuple[Mapping[str, str], ...]:
        return tuple(row for row in self.rows if any(text.strip() for text in row.values()))

    def add(self) -> None:
        if self.has_room:
            self.rows.append(dict.fromkeys(_PARTS, ""))

    def drop(self, row: str) -> None:
        """`row` is the number of a row, as its button says it; anything else drops nothing."""
        self.rows = [one for number, one in enumerate(self.rows) if str(number) != row]
