"""The only way to addresses outside, because other people choose most of them (decision 12).

An address that a platform, a badge or a form brings may point at our own network, answer one byte a minute,
or answer with gigabytes. So: https and public addresses only, one time budget over everything, and a cap on
the body as it is after decompression. The operator may name exceptions, and a name means just that text.
"""

from lti_tool.fetch.answer import Answer
from lti_tool.fetch.fetcher import Asked, Fetcher
from lti_tool.fetch.limits import Limits
from lti_tool.fetch.problem import FetchProblem

__all__ = ["Answer", "Asked", "FetchProblem", "Fetcher", "Limits"]
