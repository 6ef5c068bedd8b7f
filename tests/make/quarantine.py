"""A scanner that is a real command, a learner who hands a file in under it, and whoever may look at the file."""

import io
import stat
import sys
import zipfile
from pathlib import Path

from flask import Flask
from sqlalchemy import select

from lti_tool.db import db
from lti_tool.people.privacy.packing import packed
from lti_tool.people.privacy.whose import whose
from lti_tool.spaces.evidence.model import Attachment, Submission
from lti_tool.spaces.model import Member
from tests.make.evidence import learner_visit, make_evidence_objective
from tests.make.person import make_person
from tests.make.space import make_member
from tests.make.visit import Visitor, make_staff_visit, make_visit

EICAR = b"X5O!P%@AP[4\\PZX54(P^)7CC)7}$" + b"EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"
SCANNER = """#!{python}
import pathlib, sys, time
said = pathlib.Path(sys.argv[0] + ".mode")
mode = said.read_text() if said.exists() else ""
pathlib.Path(sys.argv[0] + ".seen").open("a").write(sys.argv[-1] + "\\n")
if mode == "slow":
    time.sleep(60)
if mode == "broken":
    sys.exit(2)
sys.exit(1 if b"EICAR-STANDARD-ANTIVIRUS-TEST-FILE" in pathlib.Path(sys.argv[-1]).read_bytes() else 0)
"""


class Scanner:
    """A real command, as `clamdscan` is one."""

    def __init__(self, folder: Path) -> None:
        self.command = folder / "scan a file"  # a space in its path
        self.command.write_text(SCANNER.format(python=sys.executable))
        self.command.chmod(self.command.stat().st_mode | stat.S_IXUSR)

    def behave(self, mode: str) -> None:
        Path(f"{self.command}.mode").write_text(mode)

    def seen(self) -> list[str]:
        log = Path(f"{self.command}.seen")
        return log.read_text().splitlines() if log.exists() else []

    @property
    def setting(self) -> str:
        return f"'{self.command}' --quick"


class Desk:
    """A learner who hands a file in, and a teacher."""

    def __init__(self, app: Flask, organization: str, space: str, scanner: Scanner) -> None:
        self.app, self.space, self.scanner = app, space, scanner
        self.member = make_member(space, organization, "Ada Able")
        self.objective = make_evidence_objective(space, organization)
        self.learner = learner_visit(app, organization, space, self.member)
        self.staff = make_staff_visit(app, organization, space)
        self.person = str(db.session.get_one(Member, self.member).person_id)
        self.mentor = make_visit(
            app, organization=organization, person=make_person(organization, "Max"), space=space, mentees=[self.person]
        )

    def switch_on(self) -> None:
        settings = self.app.extensions["settings"]
        with_scanner = settings.model_copy(update={"scan_command": self.scanner.setting, "scan_seconds": 5.0})
        self.app.extensions["settings"] = with_scanner

    def hand_in(self, data: bytes, name: str = "notes.txt") -> str:
        """Answers the file's id."""
        form = {"text": "Mine", "do": "send", "shares": "1", "files": (io.BytesIO(data), name)}
        answer = self.learner.post(f"objectives/{self.objective}/evidence", form, content_type="multipart/form-data")
        assert answer.status_code == 303
        db.session.rollback()
        return str(db.session.scalar(select(Attachment.id).where(Attachment.kind == "file")))

    def submission(self) -> str:
        db.session.rollback()
        return str(db.session.scalar(select(Submission.id)))

    def codes(self, file: str, *who: Visitor) -> list[int]:
        db.session.rollback()
        return [one.get(f"evidence/{file}").status_code for one in who or (self.learner, self.staff)]

    def pages(self) -> list[str]:
        """The learner's, and the reviewer's who has opened it."""
        self.staff.post(f"review/{self.submission()}/claim")
        return [
            self.learner.get(f"objectives/{self.objective}/evidence").text,
            self.staff.get(f"review/{self.submission()}").text,
        ]

    def exported(self) -> dict[str, bytes]:
        db.session.rollback()
        with zipfile.ZipFile(io.BytesIO(b"".join(packed(whose(self.person))))) as file:
            return {name: file.read(name) for name in file.namelist()}
