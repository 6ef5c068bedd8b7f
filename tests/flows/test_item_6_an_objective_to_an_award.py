"""Item 6, an objective to an award: one click awards a badge that the whole world can read, and one takes it back."""

import hashlib
import io
import json
from typing import Any

import openbadges_bakery
import requests
from PIL import Image, ImageDraw

from lti_tool.badges.openbadge.unbaking import read_png, read_svg
from lti_tool.sandbox import vocabulary
from tests.flows.steps import add_objective, award_page, create_space_with_roster, mark_complete
from tests.make.hands import follow, heading, press
from tests.make.lms import Campus, forms, words

ANYTHING = {"Accept": "*/*"}  # what a verifier asks with


def star(color: str = "gold") -> bytes:
    """A picture as a teacher would upload it."""
    image = Image.new("RGB", (200, 200), color)
    ImageDraw.Draw(image).polygon([(100, 20), (180, 180), (20, 180)], fill="navy")
    out = io.BytesIO()
    image.save(out, "PNG")
    return out.getvalue()


def document(address: str) -> Any:
    """What a verifier reads at an address."""
    answer = requests.get(address, headers=ANYTHING, timeout=20)
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert answer.headers["Content-Type"].startswith("application/ld+json")
    return answer.json()


def center(picture: bytes) -> Any:
    image = Image.open(io.BytesIO(picture)).convert("RGB")
    return image.getpixel((image.width // 2, image.height * 3 // 4))


def test_marking_complete_awards_a_badge_that_everybody_can_read_and_check(school: Campus) -> None:
    teacher, overview = create_space_with_roster(school)
    add_objective(teacher, overview, "Cut an onion", files={"picture": ("star.png", star(), "image/png")})

    grid = mark_complete(teacher, overview, "O'Connor")
    learner, home = school.open("biology", "siobhan")
    page = follow(learner, home, "See your badge")
    assertion = document(page.url)
    badge = document(assertion["badge"])
    issuer = document(badge["issuer"])

    assert "Marked complete: Cut an onion" in words(grid)
    assert "1 of 1 objective complete" in words(home)
    assert "10 points" in words(home)
    assert (heading(page), page.headers["Content-Type"]) == ("Cut an onion", "text/html; charset=utf-8")
    assert "Siobhán" not in page.text
    assert (assertion["id"], assertion["verification"]["type"]) == (page.url, "HostedBadge")
    assert (badge["name"], badge["criteria"]["narrative"]) == ("Cut an onion", "Show your notes.")
    assert issuer["name"] == "Sandbox LMS"
    address = f"siobhan.o'connor@sandbox.example.edu{assertion['recipient']['salt']}"
    assert assertion["recipient"]["identity"] == f"sha256${hashlib.sha256(address.encode()).hexdigest()}"


def test_the_pictures_that_the_learner_downloads_carry_the_award(school: Campus) -> None:
    teacher, overview = create_space_with_roster(school)
    add_objective(teacher, overview, "Cut an onion", files={"picture": ("star.png", star(), "image/png")})
    mark_complete(teacher, overview, "O'Connor")
    learner, home = school.open("biology", "siobhan")
    page = follow(learner, home, "See your badge")

    png, svg = follow(learner, page, "Download PNG"), follow(learner, page, "Download SVG")
    from_list = follow(learner, follow(learner, home, "My badges"), "Download PNG")

    assertion = document(page.url)
    assert json.loads(openbadges_bakery.unbake(io.BytesIO(png.content))) == assertion
    assert openbadges_bakery.unbake(io.BytesIO(svg.content)) == page.url
    assert json.loads(read_png(png.content)["openbadges"]) == json.loads(read_svg(svg.content)["openbadges"])
    assert png.headers["Content-Disposition"] == 'attachment; filename="cut-an-onion.png"'
    assert center(png.content) == center(star())
    assert from_list.content == png.content


def test_without_a_picture_one_is_drawn_and_with_another_badge_another_one(school: Campus) -> None:
    teacher, overview = create_space_with_roster(school)
    add_objective(teacher, overview, "First", files={"picture": ("", b"", "application/octet-stream")})
    add_objective(teacher, overview, "Second")
    home = teacher.get(overview.url)

    pictures = []
    for title in ("First", "Second"):
        badge = follow(teacher, follow(teacher, home, title), title)
        pictures.append(requests.get(document(badge.url)["image"], timeout=20).content)

    assert [Image.open(io.BytesIO(picture)).format for picture in pictures] == ["PNG", "PNG"]
    assert pictures[0] != pictures[1]


def test_one_badge_made_before_can_be_chosen_for_an_objective(school: Campus) -> None:
    teacher, overview = create_space_with_roster(school)
    made = teacher.get(f"{overview.url}badges/new")
    form = press(teacher, made, "Make the badge", badge_name="Explorer", description="Explores.", criteria="Go out.")
    [posted] = [one for one in forms(form) if "badge" in one.fields]

    chosen = [part.split('"')[0] for part in form.text.split('<option value="')[1:] if "Explorer" in part]
    saved = press(teacher, form, "Add the objective", title="Walk the field", badge=chosen[0], description="")
    objective = follow(teacher, saved, "Walk the field")

    assert posted.fields["badge"] == "new"
    assert "Awards the badge Explorer" in words(objective)


def test_private_criteria_are_for_staff_and_public_ones_for_everybody(school: Campus) -> None:
    teacher, overview = create_space_with_roster(school)
    saved = add_objective(teacher, overview, "Cut an onion", private_criteria="No tears allowed.")
    learner, home = school.open("biology", "siobhan")

    seen = follow(learner, home, "Cut an onion")

    assert "No tears allowed." in words(follow(teacher, saved, "Cut an onion"))
    assert "Show your notes." in words(seen)
    assert "No tears allowed." not in seen.text


def test_before_there_is_anything_to_earn_everybody_reads_so(school: Campus) -> None:
    teacher, overview = create_space_with_roster(school)
    learner, home = school.open("biology", "siobhan")

    assert "There are no objectives yet." in words(overview)
    assert "There are no objectives yet." in words(follow(teacher, overview, "Progress"))
    assert "Your teacher has not added objectives yet." in words(home)
    assert "Nothing yet." in words(follow(learner, home, "My badges"))


def test_a_learner_without_an_address_or_a_name_is_awarded_too(school: Campus) -> None:
    teacher, overview = create_space_with_roster(school)
    add_objective(teacher, overview)

    recipients = {}
    for person, shown in {"ngozi": "Ngozi Okafor", "nameless": "quiet.student"}.items():
        mark_complete(teacher, overview, shown)
        learner, home = school.open("biology", person)
        recipients[person] = document(follow(learner, home, "See your badge").url)["recipient"]

    assert {person: one["type"] for person, one in recipients.items()} == {"ngozi": "url", "nameless": "email"}
    for recipient in recipients.values():
        assert recipient["hashed"] is True
        assert len(recipient["identity"]) == len("sha256$") + 64


NO_BADGE_PICTURES = [
    (b"I am no picture at all.", "This file is not a PNG or SVG picture."),
    (b"\xff\xd8\xff\xe0 JFIF", "This is a JPEG photo. Save it as a PNG or a plain SVG picture."),
    (b"\x89PNG\r\n\x1a\n" + b"\0" * 40, "This picture is damaged and cannot be opened."),
    (star()[:-40], "This picture is damaged and cannot be opened."),
    (b"<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 9 9'><script>x()</script></svg>", "This SVG holds"),
    (b"<html><body>hello</body></html>", "This file is not a PNG or SVG picture."),
    (star() + b"\0" * 2_110_000, "This file is too large. A badge picture may have up to 2 MB."),
]


def test_an_upload_that_is_no_picture_comes_back_in_words_with_what_was_typed(school: Campus) -> None:
    teacher, overview = create_space_with_roster(school)
    typed = {"title": "Peel & <b>slice</b>", "points": "25", "public_criteria": "Show your notes."}

    for upload, sentence in NO_BADGE_PICTURES:
        refused = add_objective(teacher, overview, **typed, files={"picture": ("badge.png", upload, "image/png")})

        assert (refused.status_code, sentence in words(refused)) == (422, True), sentence
        [form] = [one for one in forms(refused) if "title" in one.fields]
        assert {name: form.fields[name] for name in typed} == typed
    assert "There are no objectives yet." in words(teacher.get(overview.url))


WRONG_OBJECTIVES = [
    ({"title": "  "}, "An objective needs a title."),
    ({"points": "many"}, "Not a valid integer value."),
    ({"points": "-1"}, "Points are a whole number from 0 to 10,000."),
    ({"points": "9" * 30}, "Points are a whole number from 0 to 10,000."),
    ({"title": "x" * 5000}, "Field cannot be longer than"),
    ({"description": " "}, "Say in a sentence what the badge stands for."),
    ({"badge": "made-up"}, "Not a valid choice"),
]


def test_a_wrong_objective_comes_back_in_words(school: Campus) -> None:
    teacher, overview = create_space_with_roster(school)

    for typed, sentence in WRONG_OBJECTIVES:
        refused = add_objective(teacher, overview, **{"title": "Cut an onion", **typed})

        assert (refused.status_code, sentence in words(refused)) == (422, True), sentence
    assert "There are no objectives yet." in words(teacher.get(overview.url))


def test_nobody_else_can_award_and_nobody_else_can_be_awarded(school: Campus) -> None:
    teacher, overview = create_space_with_roster(school)
    add_objective(teacher, overview)
    grid = follow(teacher, overview, "Progress")
    detail = follow(teacher, follow(teacher, grid, "Details", beside="O'Connor"), "Explore the lab")
    learner, home = school.open("biology", "siobhan")
    own_forms = [form.action for form in forms(teacher.get(overview.url))]

    reached = learner.get(f"{home.url}progress")
    forged = learner.post(f"{detail.url.replace(overview.url, home.url)}/complete", {"form_token": "x" * 64})
    staff_in_grid = [person for person in ("Helena Brandt", "Kwame Mensah", "Jun Takahashi") if person in words(grid)]

    assert [action.rsplit("/", 1)[1] for action in own_forms] == ["view-as", "options"]
    assert (reached.status_code, forged.status_code) == (403, 403)
    assert staff_in_grid == []
    assert "See your badge" not in words(learner.get(home.url))


def test_taking_it_back_ends_the_award_everywhere_and_tells_the_learner_why(school: Campus) -> None:
    teacher, overview = create_space_with_roster(school)
    add_objective(teacher, overview)
    grid = mark_complete(teacher, overview, "O'Connor")
    public = award_page(teacher, grid, "O'Connor")
    png = document(public.url)["image"]
    completion = follow(teacher, follow(teacher, grid, "Details", beside="O'Connor"), "Take back …")

    press(teacher, completion, "Take back", reason="The notes are <missing>.")
    page = teacher.get(public.url)
    as_json = requests.get(public.url, headers=ANYTHING, timeout=20)
    picture = requests.get(png, timeout=20)
    learner, home = school.open("biology", "siobhan")

    assert (page.status_code, heading(page)) == (410, "This badge was taken back")
    assert (as_json.status_code, as_json.json()["revoked"]) == (410, True)
    assert "recipient" not in as_json.json()
    assert picture.status_code == 410
    assert "0 of 1 objective complete" in words(home)
    assert "The reason: The notes are <missing>." in words(follow(learner, home, "Explore the lab"))
    assert "Nothing yet." in words(follow(learner, home, "My badges"))


def test_the_undo_of_one_click_is_one_click_and_marking_again_is_a_new_award(school: Campus) -> None:
    teacher, overview = create_space_with_roster(school)
    add_objective(teacher, overview)
    grid = mark_complete(teacher, overview, "O'Connor")
    first = award_page(teacher, grid, "O'Connor").url

    undone = press(teacher, grid, "Undo")
    again = press(teacher, undone, "Undo")
    second = award_page(teacher, again, "O'Connor").url

    assert "Taken back: Explore the lab" in words(undone)
    assert "Marked complete: Explore the lab" in words(again)
    assert first != second
    assert [teacher.get(one).status_code for one in (first, second)] == [410, 200]


def test_where_the_objective_says_so_the_badge_outlives_it(school: Campus) -> None:
    teacher, overview = create_space_with_roster(school)
    add_objective(teacher, overview, revoke_with_objective=None)
    grid = mark_complete(teacher, overview, "O'Connor")
    public = award_page(teacher, grid, "O'Connor")

    press(teacher, grid, "Undo")
    _, home = school.open("biology", "siobhan")

    assert teacher.get(public.url).status_code == 200
    assert "0 of 1 objective complete" in words(home)


def test_clicking_twice_awards_once(school: Campus) -> None:
    teacher, overview = create_space_with_roster(school)
    add_objective(teacher, overview)
    grid = follow(teacher, overview, "Progress")

    press(teacher, grid, "Mark complete", beside="O'Connor")
    again = press(teacher, grid, "Mark complete", beside="O'Connor")
    _, home = school.open("biology", "siobhan")

    assert again.status_code == 200
    assert "10 points" in words(home)
    assert words(home).count("See your badge") == 1


def test_who_became_staff_is_no_learner_any_more(school: Campus) -> None:
    teacher, overview = create_space_with_roster(school)
    add_objective(teacher, overview)
    grid = follow(teacher, overview, "Progress")
    school.lms.world.enrol("biology", "siobhan", vocabulary.INSTRUCTOR)
    school.open("biology", "siobhan")

    refused = press(teacher, grid, "Mark complete", beside="O'Connor")
    grid_now, home = teacher.get(grid.url), teacher.get(overview.url)

    assert (refused.status_code, "not_found" in words(refused)) == (404, True)
    assert "Siobhán O'Connor" not in words(grid_now)
    assert "0 of 9 complete" in words(home)
