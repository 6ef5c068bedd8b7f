"""Why a column or a score is not in the gradebook, in words for staff (decision 14)."""

from lti_tool.errors import Entry, catalogue
from lti_tool.words import to_say

_TEACHER, _ADMIN = to_say("a teacher of the course"), to_say("the administrator of the LMS")
catalogue(
    {
        "column_gone": Entry(
            502, "The column is gone from the gradebook", "The column was deleted in the LMS.", _TEACHER,
            "Press “Send again” to make it anew, or leave it so: nothing is written until somebody does."),
        "column_missing": Entry(
            502, "There is no column for this Space",
            "The LMS lets this tool write into its column, but not make one.", _ADMIN,
            "Ask the administrator of the LMS to let this tool make columns in the gradebook."),
        "grade_newer": Entry(
            409, "The LMS holds a newer grade",
            "The grade in the LMS is newer and differs, as when a teacher has changed it there: it stays.", _TEACHER,
            "Leave it, or press “Send again” to write the progress of this Space over it."),
        "grade_changed": Entry(
            409, "The LMS shows another grade",
            "Somebody has changed the grade in the LMS since this tool sent it: nothing newer was written.", _TEACHER,
            "Choose whether the LMS's grade stays or this tool's is written over it."),
        "score_refused": Entry(
            502, "The LMS did not take this grade",
            "The LMS refuses a grade for this person, as it does when somebody is no longer a student there.", _TEACHER,
            "Look the person up in the LMS's list of participants, then press “Send again”."),
    }
)  # fmt: skip
