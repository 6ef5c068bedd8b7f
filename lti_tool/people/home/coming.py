"""Coming in by a mailed link: who it is, and where it leads. It proves nothing: the account may be one that somebody
else holds in an LMS, who wrote this address there (decision 37).
"""

from dataclasses import dataclass

from lti_tool.errors import Problem
from lti_tool.people.addresses import HOME
from lti_tool.people.audit import name_deeds, note
from lti_tool.people.home.links import use_link
from lti_tool.people.home.proving import Addressee, addressee, addressees_of, prove_address
from lti_tool.words import to_say

name_deeds({"person.signed_in": to_say("Signed in at the start page")})


@dataclass(frozen=True)
class Coming:
    """Who comes in, by a link to which address, and to which page."""

    person: str
    by: str
    to: str


def come_in(secret: str, *, chosen: str | None) -> Coming:
    """Use the link up. Raises `Problem` home_link_over or person_unclear."""
    link = use_link(secret, "sign_in")
    person = _one_of(addressees_of(link.address), chosen).person
    note("person.signed_in", actor_kind="person", actor=person, subject=person)
    return Coming(person, link.address, link.leads_to or HOME)


def take_proof(secret: str) -> None:
    """The address belongs to the person who asked from inside. Raises `Problem` home_link_over."""
    link = use_link(secret, "prove")
    asked = addressee(link.person)
    if asked is None:
        raise Problem("home_link_over")
    prove_address(asked.person, link.address)


def _one_of(addressees: list[Addressee], chosen: str | None) -> Addressee:
    if not addressees:
        raise Problem("home_link_over")
    if len(addressees) == 1 and not chosen:
        return addressees[0]
    found = next((one for one in addressees if one.person == chosen), None)
    if found is None:
        raise Problem("person_unclear")
    return found
