"""Jobs: rows are the truth, the engine is the nudge (decision 8).

What must happen outside a request is a `job` row, written in the transaction that decided it. After the commit the
engine is told its id. A worker claims the row by a lease and renews it while it works; a sweep tells the engine again
about rows that nobody was told of, or whose worker is gone. So a lost or doubled message changes nothing. Handlers may
run twice without harm.
"""

from lti_tool.jobs.engine import Engine
from lti_tool.jobs.model import Job
from lti_tool.jobs.queue import Away, RetryLater, drain, enqueue, init_jobs, run_job
from lti_tool.jobs.worker import run_worker

__all__ = ["Away", "Engine", "Job", "RetryLater", "drain", "enqueue", "init_jobs", "run_job", "run_worker"]
