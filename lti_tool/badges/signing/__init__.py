"""Open Badges 3.0 of our own awards: the issuers' keys, the signed credentials and the status lists."""
