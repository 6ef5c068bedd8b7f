"""How gunicorn serves the tool: threads, so that one slow download does not hold a whole process."""

from gunicorn.config import Config
from gunicorn.glogging import Logger

from lti_tool.logs import ServerLine
from lti_tool.settings import Settings

_settings = Settings()


class InOurLog(Logger):
    """What the server itself has to say, such as that a worker was killed."""

    def setup(self, cfg: Config) -> None:
        super().setup(cfg)
        for handler in self.error_log.handlers:
            handler.setFormatter(ServerLine())


logger_class = InOurLog

worker_class = "gthread"
workers = _settings.web_workers
threads = _settings.web_threads
timeout = 60
graceful_timeout = 20
keepalive = 5
limit_request_line = 8190  # a login in a frame carries its platform's hints round once, and some are long
max_requests = 50_000
max_requests_jitter = 5_000
loglevel = "warning"
forwarded_allow_ips = "*" if _settings.trusted_proxies else "127.0.0.1"
control_socket_disable = True  # nobody commands it from outside, and a read-only disk has no place for it
