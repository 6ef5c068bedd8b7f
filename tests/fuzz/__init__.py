"""Anything at all for every public parser, for as long as you like: `python -m tests.fuzz --seconds 600 [parser]`.

It begins with payloads of real LMSs and with real badges, changes them, and asks for one thing: that the parser takes
what it gets or refuses it in our own words, within bounds of time and memory. `make test` runs a few hundred inputs of
it; what a long run finds is kept as a test of its own.
"""
