"""A roster of many pages from an LMS that fails every twentieth time; in full size: `python -m tests.soak.rosters`."""

from pathlib import Path

from tests.soak.rosters import PAGE, STAFF, course_apart, read_once

LEARNERS = 1_500


def test_of_a_large_roster_with_faults_nobody_is_missing_and_a_repeat_writes_nothing(
    database_url: str, tmp_path: Path
) -> None:
    with course_apart(database_url, tmp_path / "data", learners=LEARNERS, share=0.05) as course:
        first, second = read_once(course), read_once(course)
    everybody = LEARNERS + STAFF
    assert (first.state, first.joined, first.here) == ("done", everybody, everybody)
    assert first.pages == -(-(everybody + 1) // PAGE), "the observer is on the list as well"
    assert (second.state, second.joined, second.gone, second.here) == ("done", 0, 0, everybody)
    assert (first.writes > 0, second.writes) == (True, 0)
