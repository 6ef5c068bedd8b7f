"""Spaces for the LMS.

LTI is the door, Spaces are the rooms, badges are the workshop, people are the guest book.
Imports only go down: launch → spaces → badges → people → ground floor.
Nothing of LTI passes the door but a `Visit`: who, which course, which role, which placement.
A room never calls up: it records a past-tense event, and `wiring.py` says what happens after what.
In every room the same file names mean the same things: rules, model, reads, actions, forms, pages.
"""
