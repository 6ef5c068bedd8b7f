"""A small, real LTI 1.3 platform to try the tool with, and for tests to launch from.

It speaks to a tool over HTTP alone: it imports nothing of the tool, and nothing imports it. Where
a specification leaves room, it is stricter than the learning management systems in use.
Everything is kept in memory and gone when it stops.
"""
