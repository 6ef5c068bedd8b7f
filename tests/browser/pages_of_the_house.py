"""Every page that a person can open, as `(who, path)`: see `furnished` for both. Words in braces are its ids."""

from typing import NamedTuple

from playwright.sync_api import Page

from tests.browser.furnished import LEARNER, OTHER, TEACHER

LITERACY = "data-literacy"
_LEARNER, _OTHER = f"{LEARNER}@biology", f"{OTHER}@biology"


class Shown(NamedTuple):
    """One page. `press`: buttons to press, one after the other, until it is there."""

    who: str
    path: str
    press: tuple[str, ...] = ()

    def __str__(self) -> str:
        return " ".join(["/".join(filter(None, (self.who, self.path))), *self.press])


def pressed(page: Page, one: Shown) -> Page:
    """The page that has just been opened, once its buttons are pressed."""
    for words in one.press:
        page.get_by_role("button", name=words, exact=True).first.click()
        page.wait_for_load_state()
    return page


ROOMS = (
    "", "objectives/new", "objectives/archive", "objectives/{first}", "objectives/{first}/edit",
    "objectives/{looked_for}", "objectives/{looked_for}/edit", "objectives/{proved}", "objectives/{first}/learners",
    "objectives/{proved}/learners?have=waiting", "badges/new",
    "progress", "progress?show=waiting", "progress?show=stuck&sort=moved", "progress?q=nobody-at-all",
    "progress?ticked=page&sort=moved", "progress?done=complete&member={learner}&objective={first}", "progress/chart",
    "progress/{other}", "progress/{learner}", "progress/{learner}/{first}", "progress/{other}/{second}",
    "progress/{other}/{first}?done=taken_back", "progress/{other}/{looked_for}",
    "members", "members?q=nobody-at-all", "members/table", "members/table/{table}", "members/table/{taken}",
    "staff", "staff/{assistant}/removal", "leaderboard?saved=1",
    "review", "review/{waiting}", "review/{claimed}", "review/{taken_by_another}", "review/{returned}",
    "review/{accepted}", "pathways", "pathways/add", "pathways/{way}", "pathways/{way}/{learner}",
    "settings", "settings/copy", "settings/delete", "objectives/nothing",
)  # fmt: skip

WORKSHOP = (
    "issuers", "issuers/{issuer}", "issuers/{issuer}?archived=1", "issuers/{issuer}/profile", "issuers/{issuer}/staff",
    "issuers/{issuer}/staff/{editor}/removal", "issuers/{issuer}/awards", "issuers/{issuer}/data",
    "issuers/{issuer}/history", "issuers/{issuer}/badges/new", "issuers/{issuer}/spaces", "issuers/{issuer}/spaces/new",
    "issuers/{issuer}/pathways", "issuers/{issuer}/pathways/new", "issuer-pathways/{way}", "issuer-pathways/{way}/edit",
    "issuer-pathways/{way}/delete", "issuer-pathways/{way}/steps/new", "issuer-pathways/{way}/steps/{group}",
    "badges/{badge}", "badges/{badge}/edit", "badges/{badge}/delete", "badges/{badge}/awards",
    "badges/{badge}/awards?q=nobody", "badges/{badge}/awards/{given}", "badges/{badge}/awards/{revoked}",
    "badges/{badge}/awards/{given}/correct", "badges/{badge}/awards/{given}/revoke", "badges/{badge}/give",
    "badges/{badge}/batches", "badges/{badge}/batches/{preview}", "badges/{badge}/batches/{batch}",
    "badges/{badge}/batches/{batch}/undo", "badges/{badge}/data", "badges/{badge}/replacement/{replacement}",
    "badges/{badge}/replacement/nothing",
)  # fmt: skip

OWN = (
    "backpack", "backpack?q=nobody", "backpack/awards/{mine}", "backpack/import", "backpack/imported/{imported}",
    "backpack/collections", "backpack/collections/{collection}", "backpack/collections/{collection}/delete",
    "addresses", "my-data",
)  # fmt: skip

LEARNERS = (
    (_LEARNER, ""), (_OTHER, ""), ("test-student-biology@biology", ""), (_LEARNER, "awards"), (_OTHER, "awards"),
    (_LEARNER, "objectives/{first}"), (_OTHER, "objectives/{first}"), (_OTHER, "objectives/{second}"),
    (_OTHER, "objectives/{looked_for}"), (_OTHER, "objectives/{proved}"), (_OTHER, "objectives/{proved}/evidence"),
    ("dmitri@biology", "objectives/{proved}"), ("dmitri@biology", "objectives/{proved}/evidence?saved=1"),
    ("ngozi@biology", "objectives/{proved}"), ("ngozi@biology", "objectives/{proved}/evidence"),
    ("fatima@biology", "objectives/{proved}"), ("fatima@biology", "objectives/{proved}/evidence"),
    ("siobhan@biology", "objectives/{proved}"), ("siobhan@biology", "objectives/{proved}/evidence"),
    ("override@biology", "objectives/{proved}"), ("override@biology", "objectives/{proved}/evidence"),
    (_LEARNER, "leaderboard"), (_LEARNER, "leaderboard?view=all"), (_LEARNER, "pathways"), (_LEARNER, "backpack"),
    (_LEARNER, "pathways/{way}"), (_LEARNER, "about"), (_LEARNER, "progress"),
)  # fmt: skip

OTHERS = (
    (f"helena@{LITERACY}", ""), (f"learner-0001@{LITERACY}", ""), (f"lucia@{LITERACY}", ""), (f"pat@{LITERACY}", ""),
    ("noor@biology", ""), ("noor@biology", "leaderboard"), ("jun@biology", ""), ("ingrid@biology", "following"),
    ("ingrid@biology", "following/{learner}"), ("learner who mentors", ""), ("learner who mentors", "following"),
    ("learner who mentors", "following/{other}"), ("viewing", ""), ("viewing", "objectives/{proved}"),
    ("viewing", "leaderboard"), ("viewing a learner", ""), ("viewing a learner", "objectives/{proved}"),
    ("viewing a learner", "backpack"), ("masked", ""), ("masked", "progress"), ("masked", "backpack"),
    ("no course", ""), ("no course", "about"), ("dark", ""), ("dark", "progress"), ("dark", "badges/{badge}"),
    ("dark learner", ""), ("dark learner", "leaderboard"), ("dark learner", "backpack"), ("light", ""),
    (TEACHER, "about"), ("pat@biology", "diagnostics"), (TEACHER, "roster/status"), (TEACHER, "gradebook"),
    (TEACHER, "gradebook/status"), (TEACHER, "link/earlier"),
    (TEACHER, "link/closed"), (TEACHER, "link/elsewhere"), ("privacy", "privacy"),
    ("privacy of another", "privacy/other"), ("picker", "pick"), ("picker without a Space", "pick"),
    ("picker of a learner", "pick"),
)  # fmt: skip

PUBLIC = (
    "/", "/nowhere", "/v/0123456789abcdef0123456789abcdef/", "/lti/login?look=1&{login}",
    "/lti/login?iss=https://nobody.example&login_hint=1&target_link_uri=https://nobody.example",
    "/lti/guides/", "/lti/guides/canvas", "/lti/guides/moodle", "/lti/guides/blackboard", "/lti/guides/brightspace",
    "/lti/guides/sakai", "/lti/guides/other", "/lti/register/{unused}", "/lti/register/nobody-knows-this",
    "/public/assertions/{award}", "/public/assertions/{given}", "/public/assertions/{gone}", "/public/badges/{badge}",
    "/public/issuers/{issuer}", "/public/recipients/somebody", "/public/collections/{collection}",
    "/public/badges/nothing", "/verify", "/home/sign-in", "/home/sign-in/{sign_in}", "/home/sign-in/used-up",
    "/home/prove/{prove}", "/home/prove/used-up", "/home/invitations/{invitation}", "/home/invitations/withdrawn",
    "/admin/sign-in/{admin_link}",
)  # fmt: skip

AFTER_A_BUTTON = (
    Shown("", "/lti/register/{to_look}?openid_configuration={configuration}"),
    Shown("", "/lti/register/{to_look}?openid_configuration={configuration}", ("Look at the LMS",)),
    Shown(
        "", "/lti/register/{to_connect}?openid_configuration={configuration}", ("Look at the LMS", "Connect this LMS")
    ),
    Shown("", "/verify?url={public_award}", ("Check the badge",)),
    Shown("", "/verify?url=nonsense", ("Check the badge",)),
    Shown(TEACHER, "badges/{badge}/give", ("Go on",)),
    Shown(TEACHER, "badges/{badge}/give?again={given}", ("Go on",)),
    Shown(TEACHER, "members/table", ("Look at it first",)),
    Shown(_OTHER, "objectives/{proved}/evidence", ("Hand it in",)),
)

CONSOLE = (
    "", "/platforms/new", "/platforms/{registration}", "/platforms/{registration}/launches",
    "/platforms/{registration}/keys", "/platforms/{registration}/keys/stop", "/conformance/{registration}",
    "/self-test", "/self-test/{tested}", "/self-test/{broken}", "/self-test/{under_way}", "/people", "/people?find=a",
    "/people?find=Nobody+at+all", "/people/{person}", "/people/{person}/erasure", "/issuers", "/issuers/{issuer}",
    "/issuers/{issuer}?find=a", "/administrators", "/audit", "/sign-in", "/nowhere",
)  # fmt: skip

HOME = (
    "spaces", "spaces/{evening}/", "spaces/{evening}/awards", "spaces/{evening}/objectives/{sonnet}",
    "spaces/{evening}/objectives/{sonnet}/evidence", "spaces/{evening}/pathways", *WORKSHOP, *OWN,
    *(f"spaces/{{space}}/{path}" for path in ROOMS),
)  # fmt: skip

IN_A_VISIT = [
    *(Shown(TEACHER, path) for path in (*ROOMS, *WORKSHOP, *OWN)),
    *(Shown(*one) for one in (*LEARNERS, *OTHERS)),
]
WITHOUT_A_VISIT = [
    *(Shown("", path) for path in PUBLIC), *(Shown("admin", path) for path in CONSOLE), *AFTER_A_BUTTON
]  # fmt: skip
AT_HOME = [Shown("home", path) for path in HOME]

PROGRAMS = ("api.", "self_test_platform.")  # JSON, whatever they are asked
NOT_LOOKED_AT = {  # what each of them answers instead of a page; at home the same stands for the same
    "a redirect": {
        "door.login_for", "public.achievement", "public.credential", "public.profile", "self_test.progress",
        "spaces_at_home.landing",
    },
    "a file": {
        "static", "room.archive", "room.evidence_file", "room.objective_picture", "room.progress_csv",
        "room.table_outcomes", "awarding.outcomes", "exporting.awards_file", "replacing.preview_picture",
        "backpack.original", "backpack.picture", "own_data.my_file", "public.assertion_image", "public.badge_image",
        "public.issuer_image", "public_collections.picture", "self_test.evidence", "self_test.conformance_evidence",
    },
    "JSON": {
        "door.canvas_json", "door.jwks", "public.assertion_json", "public.badge_json", "public.issuer_json",
        "public.credential_file", "public.key", "public.revocations", "public.revoked_credentials", "public.status",
    },
    "a word for whoever watches the house": {"health.alive", "health.ready", "metrics.numbers"},
    "a refusal: where no LMS names learners, there is nobody to follow": {"home_room.following", "home_room.followed"},
}  # fmt: skip
