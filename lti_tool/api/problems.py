"""The refusals that only a program meets."""

from lti_tool.errors import Entry, catalogue

catalogue(
    {
        "api_token_needed": Entry(
            401, "The API needs a token", "The request carries no API token.",
            "whoever wrote the program", "Send the header Authorization: Bearer and the token.",
        ),
        "api_token_wrong": Entry(
            401, "This token is not valid", "The token is unknown, has expired or was revoked.",
            "the operator of this tool", "Ask for a new one: lti-tool token create.",
        ),
        "api_read_only": Entry(
            403, "This token may only read", "The token was made for reading, and this request would change something.",
            "the operator of this tool", "Use a token that was made without --read-only.",
        ),
        "api_media_type": Entry(
            415, "That kind of content is not understood", "The body is not of a media type that this address reads.",
            "whoever wrote the program", "Send JSON as application/json; a picture as multipart/form-data.",
        ),
        "idempotency_key_reused": Entry(
            422, "This Idempotency-Key stands for another request",
            "The key was used before with another address or another body.",
            "whoever wrote the program", "Use a fresh key for each new request, and the same one only to repeat it.",
        ),
        "points_fixed": Entry(
            403, "Every objective gives the same points here",
            "Your organization does not weigh objectives: each one gives the same points.",
            "the administrator of this tool", "Leave the points out, or ask the administrator to allow other points.",
        ),
    }
)  # fmt: skip
