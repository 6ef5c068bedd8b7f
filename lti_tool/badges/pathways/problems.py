"""Refusals that people read about pathways, and the deeds that the log names."""

from lti_tool.errors import Entry, catalogue
from lti_tool.people.audit import name_deeds
from lti_tool.words import to_say

catalogue(
    {
        "pathway_changed": Entry(
            409, "This pathway was changed in the meantime", "Somebody else has changed it since you opened the page.",
            "you", "Look at what it says now and repeat your step if it is still needed. Nothing was changed by you.",
        ),
        "pathway_refused": Entry(
            422, "The pathway cannot be built like that", "Something in it does not fit together.",
            "you", "Go back and choose something else. Nothing was changed.",
        ),
        "pathway_in_the_way": Entry(
            409, "This pathway cannot be deleted", "A Space follows it.",
            "you", "Archive it: no other Space can then add it, and all that was achieved stays. Nothing was changed.",
        ),
    }
)  # fmt: skip
name_deeds(
    {
        "pathway.made": to_say("A pathway was made"),
        "pathway.changed": to_say("A pathway was changed"),
        "pathway.archived": to_say("A pathway was archived"),
        "pathway.restored": to_say("A pathway was restored"),
        "pathway.deleted": to_say("A pathway was deleted"),
    }
)
