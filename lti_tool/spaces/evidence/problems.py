"""What learners are told when their evidence cannot be taken as it came."""

from lti_tool.errors import Entry, catalogue

catalogue(
    {
        "evidence_not_taken": Entry(
            409, "Nothing can be handed in here", "This objective takes no evidence, or not any more.",
            "a teacher of the course",
            "Ask your teacher how the objective is completed. What you wrote is below: nothing of it was lost, and"
            " nothing was changed.",
        ),
        "evidence_done": Entry(
            409, "This objective is complete", "There is nothing to hand in any more.",
            "you", "Go back to the objective: your badge is there.",
        ),
        "evidence_opened": Entry(
            409, "Somebody is reviewing this",
            "A reviewer has opened what you handed in, so it stays as it is for now.",
            "you",
            "Wait for the answer, or take it back and hand it in anew. What you wrote is below: nothing of it was lost,"
            " and nothing was changed.",
        ),
        "evidence_changed": Entry(
            409, "This was changed in the meantime", "You saved it in another window after you had opened this one.",
            "you", "Look at what is saved now, and save again what shall stay.",
        ),
        "evidence_refused": Entry(
            422, "This cannot be handed in yet", "Something in it is missing or is not taken.",
            "you", "Look at what the page says, and try again. Nothing was saved yet.",
        ),
        "file_waits": Entry(
            409, "This file is being checked", "A scanner looks at it before anybody can open it.",
            "you", "Come back in a minute.",
        ),
        "file_refused": Entry(
            403, "This file is not given out", "The scanner of this site refused it: it may do harm.",
            "whoever handed it in", "Hand in another file; look at your own copy with a virus scanner.",
        ),
        "evidence_decided": Entry(
            409, "This is not waiting any more", "It was decided, or taken back, a moment ago.",
            "you", "Open the objective again to see what became of it.",
        ),
    }
)  # fmt: skip
