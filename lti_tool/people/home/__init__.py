"""People who come without an LMS: a link that is mailed to an address of theirs signs them in at `/home`."""
