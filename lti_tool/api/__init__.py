"""The API: JSON over the same reads and actions as the pages, for programs that hold a token.

It stands beside the door, above the rooms, because it also answers for what the door knows (the context of a Space).
"""
