"""Pathways of a Space: SP-21, and the half of SP-22 that is theirs."""

from flask import Flask

from lti_tool.badges.awards import Recipient
from tests.make.award import make_award
from tests.make.pathway import make_way
from tests.make.person import make_person
from tests.make.reader import Reader
from tests.make.space import make_badge, make_member, make_member_of
from tests.make.visit import make_staff_visit


def test_sp_21_an_existing_pathway_is_chosen_and_the_space_follows_it(
    app: Flask, organization: str, space: str
) -> None:  # fmt: skip
    """On the Pathways tab, Add Pathway lets staff choose an existing pathway, and the Space is subscribed to it."""
    make_way(organization, [make_badge(organization)], "The lab")
    teacher = make_staff_visit(app, organization, space)

    page = Reader(teacher.client).open(f"{teacher.path}/").follow("Pathways")
    page.follow("Add Pathway").press("Add Pathway")

    assert "The lab 0 of 0 learners completed it" in page.says


def test_sp_22_everybodys_progress_on_a_pathway_and_the_overall_progress_are_shown(
    app: Flask, organization: str, space: str
) -> None:  # fmt: skip
    """Learner Progress lists all learners, which objectives each has completed, and the overall pathway progress."""
    step, ada = make_badge(organization), make_person(organization, "Ada Lovelace")
    make_member_of(space, ada)
    make_member(space, organization, "Bo Ek")
    make_way(organization, [step], "The lab")
    make_award(step, Recipient(person=ada))
    teacher = make_staff_visit(app, organization, space)
    page = Reader(teacher.client).open(f"{teacher.path}/pathways/add").press("Add Pathway")

    assert "1 of 2 learners completed it, 1 not started" in page.says
    page.follow("The lab")
    assert "Ada Lovelace 1 of 1 step done Complete" in page.says
    assert "Bo Ek 0 of 1 step done Not started" in page.says
