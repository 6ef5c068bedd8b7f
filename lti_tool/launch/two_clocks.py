"""Times for a platform whose clock is not ours. Pure.

Its launches tell how far it is out (`Registration.clock_skew`: its clock minus ours, in seconds). One that came late
seems to lie behind, so what is signed must be good by both clocks.
"""

_MOST = 600  # a launch that was issued longer ago is refused


def good_by_both(now: float, skew: int, *, seconds: int) -> tuple[int, int]:
    """From when and until when something is good that is signed now for so many seconds."""
    there = now + bounded(skew)
    return int(min(now, there)), int(max(now, there)) + seconds


def bounded(skew: int | None) -> int:
    """As far out as we believe a clock to be; one that nobody has measured agrees with ours."""
    return max(-_MOST, min(_MOST, skew or 0))
