"""The pages of issuers and their badge classes, inside a visit and at `/home`."""
