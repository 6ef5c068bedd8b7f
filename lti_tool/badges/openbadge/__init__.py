"""The badge standards and nothing else: documents, recipients, baking. Facts and bytes go in, documents and
bytes come out; no database, no request, no clock and no network is known here."""
