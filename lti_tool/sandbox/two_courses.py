"""The world at the start: a small course of hard names and a large one of 1,200 learners."""

from datetime import UTC, datetime, timedelta

from lti_tool.sandbox import vocabulary as words
from lti_tool.sandbox.people_names import learner_name
from lti_tool.sandbox.world import Course, Person, Placement, World, opaque_id

_MAIL = "sandbox.example.edu"
_FACULTY = (words.INSTITUTION_FACULTY,)
_OBSERVER = (words.INSTITUTION_OBSERVER,)
_STAFF = (words.INSTITUTION_STAFF,)
_STUDENT = (words.INSTITUTION_STUDENT,)

STAFF = (
    Person("helena", "Helena", "Brandt", f"helena.brandt@{_MAIL}", institution_roles=_FACULTY),
    Person("kwame", "Kwame", "Mensah", f"kwame.mensah@{_MAIL}", institution_roles=_FACULTY),
    Person("jun", "Jun", "Takahashi", f"jun.takahashi@{_MAIL}", institution_roles=_STUDENT),
    Person("lucia", "Lucía", "Fernández", f"lucia.fernandez@{_MAIL}", institution_roles=_STUDENT),
    Person("noor", "Noor", "Haddad", f"noor.haddad@{_MAIL}", institution_roles=_STAFF),
    Person("ingrid", "Ingrid", "Halvorsen", "ingrid@family.example", institution_roles=_OBSERVER),
    Person(
        "pat",
        "Pat",
        "Morgan",
        f"pat.morgan@{_MAIL}",
        institution_roles=(words.INSTITUTION_ADMINISTRATOR, words.SYSTEM_ADMINISTRATOR),
    ),
)

BIOLOGY_LEARNERS = (
    Person("amelie", "Amélie", "Dubois", f"amelie.dubois@{_MAIL}", sub="qR7sTmXwLpKdYvBnHcJfZa", locale="fr"),
    # Another person of the same name, whose identifier differs from the first in case only.
    Person("amelie-2", "Amélie", "Dubois", f"amelie2@{_MAIL}", sub="Qr7StMxWlPkDyVbNhCjFzA", locale="fr"),
    Person("siobhan", "Siobhán", "O'Connor", f"siobhan.o'connor@{_MAIL}"),
    Person("xiaoming", "小明", "王", f"wang.xiaoming@{_MAIL}", locale="zh-CN"),
    Person("fatima", "فاطمة", "الزهراء", f"fatima@{_MAIL}", locale="ar"),
    Person("dmitri", "Дмитрий", "Соколов", f"dmitri.sokolov@{_MAIL}", locale="ru"),
    Person("nameless", None, None, f"quiet.student@{_MAIL}"),
    Person("ngozi", "Ngozi", "Okafor", None),
    Person("markup", "<b>Robert</b>", '<script>alert(1)</script> & "Sons"', f"robert@{_MAIL}"),
    Person("override", "Rosa", "\u202eLópez\u202c", f"rosa.lopez@{_MAIL}", locale="es"),
)


def term_end(now: datetime) -> datetime:
    """The last second of the month half a year on, so that a course never begins already over."""
    month = now.month + 7
    first_after = datetime(now.year + (month - 1) // 12, (month - 1) % 12 + 1, 1, tzinfo=UTC)
    return first_after - timedelta(seconds=1)


def _course(world: World, key: str, label: str, title: str, activity: str) -> Course:
    course = Course(key, label, title, ends=term_end(datetime.now(UTC)))
    course.placements = {
        # A link from the course menu names the course itself as its resource, as Canvas does.
        "menu": Placement("menu", course.context_id, "Spaces", "From the course menu"),
        "activity": Placement("activity", opaque_id("link", key), activity, "An activity of the first week"),
    }
    world.courses[key] = course
    student = world.add_person(Person(f"test-student-{key}", "Test", "Student", None))
    world.enrol(key, student.key, words.LEARNER, words.TEST_USER)
    return course


def _biology(world: World) -> None:
    _course(world, "biology", "BIO-101", "Biology 101", "Cells & membranes")
    world.enrol("biology", "helena", words.INSTRUCTOR)
    world.enrol("biology", "kwame", words.INSTRUCTOR)
    world.enrol("biology", "jun", words.INSTRUCTOR, words.TEACHING_ASSISTANT)
    world.enrol("biology", "noor", words.COURSE_DESIGNER)
    world.enrol("biology", "ingrid", words.MENTOR, mentees=("amelie", "ngozi"))
    for person in BIOLOGY_LEARNERS:
        world.add_person(_copy(person))
        world.enrol("biology", person.key, words.LEARNER)


def _data_literacy(world: World, learners: int) -> None:
    _course(world, "data-literacy", "DATA-100", "Introduction to Data Literacy", "Reading a chart")
    world.enrol("data-literacy", "helena", words.INSTRUCTOR)
    world.enrol("data-literacy", "lucia", words.INSTRUCTOR, words.TEACHING_ASSISTANT)
    for number in range(learners):
        key = f"learner-{number + 1:04d}"
        given, family = learner_name(number)
        # Every hundredth learner keeps their address to themselves.
        email = None if number % 100 == 99 else f"{key}@{_MAIL}"
        world.add_person(Person(key, given, family, email, institution_roles=_STUDENT))
        world.enrol("data-literacy", key, words.LEARNER)
    followed = tuple(f"learner-{number + 1:04d}" for number in range(min(learners, 1)))
    world.enrol("data-literacy", "ingrid", words.MENTOR, mentees=followed)


def _copy(person: Person) -> Person:
    # Every sandbox of one process has people of its own: tests rename them.
    return Person(**vars(person))


def two_courses(learners: int) -> World:
    """Build the world: "Biology 101" and "Introduction to Data Literacy" with so many learners."""
    world = World()
    for person in STAFF:
        world.add_person(_copy(person))
    # Ways into the tool that belong to no course, as "account navigation" and "user navigation" of Canvas do.
    world.site_links = {
        "account": Placement("account", opaque_id("site", "account"), "Settings of the school", "From the site's menu"),
        "profile": Placement("profile", opaque_id("site", "profile"), "My badges", "From somebody's own menu"),
    }
    _biology(world)
    _data_literacy(world, learners)
    return world
