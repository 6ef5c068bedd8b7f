"""People who come without an LMS: they prove an address by a mailed link and are at `/home`."""
