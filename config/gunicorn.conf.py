"""How gunicorn serves the tool: threads, so that one slow download does not hold a whole process."""

from lti_tool.settings import Settings

_settings = Settings()

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
