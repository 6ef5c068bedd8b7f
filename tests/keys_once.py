"""RSA pairs for every application that this process makes. Making one takes longer than most tests do.

They are real pairs, and the next one is always another: each comes again after a hundred others. What a test makes by
itself, for a stranger or a forger, is made anew, and is none of these.
"""

import threading
from collections import deque

from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, generate_private_key

import lti_tool.badges.signing.keys
import lti_tool.launch.keys
import lti_tool.launch.selftest.lms
import lti_tool.sandbox.keys

_MANY = 100  # more than any test asks for in one database
_BITS = 2048

_made: deque[RSAPrivateKey] = deque()
_turn = threading.Lock()


def make_keys_once() -> None:
    """From now on the tool and the sandbox LMS get these."""
    for module in (
        lti_tool.badges.signing.keys, lti_tool.launch.keys, lti_tool.launch.selftest.lms, lti_tool.sandbox.keys
    ):  # fmt: skip
        module.generate_private_key = _next_pair  # type: ignore[attr-defined]


def _next_pair(public_exponent: int, key_size: int) -> RSAPrivateKey:
    if key_size != _BITS:
        return generate_private_key(public_exponent, key_size)
    with _turn:
        if len(_made) < _MANY:
            _made.append(generate_private_key(public_exponent, key_size))
        else:
            _made.rotate(-1)
        return _made[-1]
