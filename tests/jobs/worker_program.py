"""A worker process whose jobs are deeds: the real worker of the house, with something to do that tests can see.

    python -m tests.jobs.worker_program <file for the deeds> <seconds between two ticks>
"""

import sys
from pathlib import Path

from lti_tool import jobs
from lti_tool.app import create_app
from lti_tool.settings import Settings
from tests.make.deeds import Deeds


def main(deeds: Deeds, every: float) -> None:
    settings = Settings()
    app = create_app(settings)
    jobs.init_jobs(app, settings, deeds.handlers(), {"tick": (every, deeds.tick)})
    jobs.run_worker(app)


if __name__ == "__main__":
    main(Deeds(Path(sys.argv[1])), float(sys.argv[2]))
