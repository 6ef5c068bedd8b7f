"""Groups and sections as the LMS has them: who is in which, for filters and for the figures of teams."""
