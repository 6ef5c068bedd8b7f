"""The people and courses of the sandbox, and who is enrolled in what.

Tests change this world while the sandbox runs: rename people, take their addresses away, enrol,
suspend and withdraw them. The next launch and the next roster page show it.
"""

import base64
import hashlib
import threading
from dataclasses import dataclass, field, replace
from datetime import datetime

from lti_tool.sandbox import vocabulary as words


def opaque_id(*parts: str) -> str:
    """Answer 22 characters that look random, differ in case, and are the same at every start."""
    digest = hashlib.sha256("\0".join(parts).encode()).digest()
    return base64.urlsafe_b64encode(digest[:16]).rstrip(b"=").decode()


@dataclass
class Person:
    """Somebody with an account. `key` stands in our page addresses, `sub` is what tools see."""

    key: str
    given_name: str | None
    family_name: str | None
    email: str | None
    sub: str = ""
    institution_roles: tuple[str, ...] = ()
    locale: str = "en"

    def __post_init__(self) -> None:
        self.sub = self.sub or opaque_id("person", self.key)

    @property
    def name(self) -> str | None:
        """The full name, or None for somebody who gave none."""
        return " ".join(part for part in (self.given_name, self.family_name) if part) or None

    @property
    def label(self) -> str:
        """What our own pages call them."""
        return self.name or self.email or f"Nameless ({self.key})"


@dataclass
class Enrolment:
    """One person's place in one course. `mentees` are keys of the learners an observer follows, `sections` the names of
    the sections that they are in.
    """

    person: str
    roles: tuple[str, ...]
    status: str = "Active"
    mentees: tuple[str, ...] = ()
    sections: tuple[str, ...] = ()

    @property
    def is_listed(self) -> bool:
        """Whether the roster names them: test students exist for nobody but their teacher."""
        return words.TEST_USER not in self.roles

    @property
    def is_graded(self) -> bool:
        """Whether the gradebook has a row for them."""
        return words.LEARNER in self.roles and self.is_listed and self.status == "Active"


@dataclass
class Placement:
    """One way into a tool from a course page, or from the site.

    `tool` is a client id, None for the tool from the start. A link that was picked has an address (`url`) and custom
    parameters of its own. `history` are the links that this one was copied from, the nearest first.
    """

    key: str
    link_id: str
    title: str
    description: str
    tool: str | None = None
    url: str | None = None
    custom: dict[str, str] = field(default_factory=dict)
    history: tuple[str, ...] = ()


@dataclass
class CourseGroup:
    """A group of a course (Course Groups Service 1.0) and the keys of the people in it."""

    id: str
    name: str
    set_id: str
    set_name: str
    people: tuple[str, ...]


@dataclass
class Course:
    """A course. `key` stands in our addresses, `context_id` is what tools see, `history` what they saw of the courses
    that this one was copied from, the nearest first.
    """

    key: str
    label: str
    title: str
    ends: datetime | None
    context_id: str = ""
    placements: dict[str, Placement] = field(default_factory=dict)
    enrolments: dict[str, Enrolment] = field(default_factory=dict)
    history: tuple[str, ...] = ()
    groups: dict[str, CourseGroup] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.context_id = self.context_id or opaque_id("course", self.key)

    def placement_of_link(self, link_id: str) -> Placement | None:
        """Find the placement behind a resource link."""
        return next((place for place in self.placements.values() if place.link_id == link_id), None)


_ADD = {words.INSTRUCTOR, words.COURSE_DESIGNER}


def _copied(place: Placement, old: Course, new: Course) -> Placement:
    link_id = new.context_id if place.link_id == old.context_id else opaque_id("link", new.key, place.key)
    return replace(place, link_id=link_id, custom=dict(place.custom), history=(place.link_id, *place.history))


class World:
    """All courses and people by key; take `lock` to read or change several things as one."""

    def __init__(self) -> None:
        self.lock = threading.RLock()
        self.people: dict[str, Person] = {}
        self.courses: dict[str, Course] = {}
        self.site_links: dict[str, Placement] = {}

    def add_person(self, person: Person) -> Person:
        """Give somebody an account."""
        with self.lock:
            self.people[person.key] = person
        return person

    def enrol(self, course: str, person: str, *roles: str, mentees: tuple[str, ...] = ()) -> Enrolment:
        """Put a person into a course, or give them other roles there; KeyError for unknown keys."""
        with self.lock:
            enrolment = Enrolment(self.people[person].key, roles, mentees=mentees)
            self.courses[course].enrolments[person] = enrolment
        return enrolment

    def withdraw(self, course: str, person: str) -> None:
        """Take a person out of a course; KeyError when they are not in it."""
        with self.lock:
            del self.courses[course].enrolments[person]

    def put_in_group(self, course: str, name: str, *people: str, set_name: str = "Project groups") -> CourseGroup:
        """Make a group of a course, or give it other people; KeyError for unknown keys."""
        with self.lock:
            place = self.courses[course]
            group = CourseGroup(
                opaque_id("group", course, name), name, opaque_id("set", course, set_name), set_name,
                tuple(self.people[one].key for one in people),
            )  # fmt: skip
            place.groups[group.id] = group
        return group

    def put_in_sections(self, course: str, person: str, *sections: str) -> None:
        """Say which sections of the course somebody is in; KeyError when they are not in it."""
        with self.lock:
            self.courses[course].enrolments[person].sections = sections

    def suspend(self, course: str, person: str) -> None:
        """Keep a person in the roster of a course as Inactive."""
        with self.lock:
            self.courses[course].enrolments[person].status = "Inactive"

    def copy_course(self, course: str, key: str, title: str) -> Course:
        """Begin a course anew with the links and the staff of an older one, as schools do each term."""
        with self.lock:
            old = self.courses[course]
            new = Course(key, old.label, title, old.ends, history=(old.context_id, *old.history))
            new.placements = {place.key: _copied(place, old, new) for place in old.placements.values()}
            new.enrolments = {who: one for who, one in old.enrolments.items() if words.LEARNER not in one.roles}
            self.courses[key] = new
        return new

    def may_open(self, course: Course, person: Person) -> bool:
        """Active members open their course, administrators of the institution open any."""
        with self.lock:
            enrolment = course.enrolments.get(person.key)
        if enrolment is not None:
            return enrolment.status == "Active"
        return words.INSTITUTION_ADMINISTRATOR in person.institution_roles

    def may_add(self, course: Course, person: Person) -> bool:
        """Teachers and course designers put content into a course."""
        with self.lock:
            enrolment = course.enrolments.get(person.key)
        return enrolment is not None and enrolment.status == "Active" and not _ADD.isdisjoint(enrolment.roles)

    def may_review(self, course: Course, person: Person, learner: Person) -> bool:
        """Who adds content sees everybody's work, a learner their own, an observer that of those they follow."""
        if self.may_add(course, person) or person.key == learner.key:
            return True
        with self.lock:
            enrolment = course.enrolments.get(person.key)
        return enrolment is not None and enrolment.status == "Active" and learner.key in enrolment.mentees

    def listed(self, course: Course) -> list[tuple[Person, Enrolment]]:
        """Everybody the roster names, in the order of enrolment."""
        with self.lock:
            return [(self.people[e.person], e) for e in course.enrolments.values() if e.is_listed]

    def graded_person(self, course: Course, sub: str) -> Person | None:
        """The active learner with this subject identifier (compared by case), if there is one."""
        with self.lock:
            for enrolment in course.enrolments.values():
                if enrolment.is_graded and self.people[enrolment.person].sub == sub:
                    return self.people[enrolment.person]
        return None
