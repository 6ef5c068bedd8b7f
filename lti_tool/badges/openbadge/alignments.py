"""How an alignment is called in both standards (Open Badges 2.0, AlignmentObject; 3.0, Alignment), and by us. Pure."""

from collections.abc import Mapping

# The members of a document, and what the same is called in a badge class.
MEMBERS = {
    "targetName": "name",
    "targetUrl": "url",
    "targetDescription": "description",
    "targetFramework": "framework",
    "targetCode": "code",
}


def alignment_members(facts: Mapping[str, str]) -> dict[str, str | None]:
    """The members of one alignment; None for what is not said."""
    return {theirs: facts.get(ours) for theirs, ours in MEMBERS.items()}
