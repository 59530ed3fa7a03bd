"""What the final answer of the called side means: SIP status -> reason."""

from typing import Final

from kinline.core.reasons.reason import Reason

_MEANINGS: Final = {
    0: Reason.NET_NO_TRUNK,  # no trunk could even be asked
    403: Reason.NET_CARRIER_REJECT,
    404: Reason.RING_NUMBER_CHANGED,  # RFC 3261 21.4.5: the user does not exist
    406: Reason.NET_CARRIER_REJECT,
    408: Reason.RING_NO_ANSWER,  # 21.4.9: not found in time; a proxy's ringing that ran out (16.7, item 6)
    410: Reason.RING_NUMBER_CHANGED,  # 21.4.10: gone for good
    480: Reason.RING_NO_ANSWER,  # 21.4.18: temporarily unavailable; carriers send it when nobody answers
    484: Reason.DIAL_INCOMPLETE,  # 21.4.22
    485: Reason.RING_UNREACHABLE,
    486: Reason.RING_BUSY,  # 21.4.24
    487: Reason.RING_NO_ANSWER,  # 21.4.25: we gave up ringing
    502: Reason.RING_UNREACHABLE,  # Q.850 cause 27 (destination out of order) and 38, by RFC 3398 7.2.4.1
    503: Reason.NET_CONGESTION,  # Q.850 causes 34, 41, 42, 44, 47 by RFC 3398
    504: Reason.NET_CONGESTION,  # Q.850 cause 102 by RFC 3398
    600: Reason.RING_BUSY,  # 21.6.1: busy everywhere
    603: Reason.RING_SPAM_FILTERED,  # 21.6.2: decline; carriers' analytics answer with it (47 CFR 64.1200(k)(9))
    604: Reason.RING_NUMBER_CHANGED,  # 21.6.3: does not exist anywhere
    607: Reason.RING_SPAM_FILTERED,  # RFC 8197: unwanted
    608: Reason.RING_SPAM_FILTERED,  # RFC 8688: rejected by analytics
}


def from_sip_status(status: int) -> Reason:
    """Why a leg failed. Total: what is not told apart is the carrier's refusal, or the network's fault from 500 on."""
    if (meaning := _MEANINGS.get(status)) is not None:
        return meaning
    return Reason.NET_CONGESTION if 500 <= status < 600 else Reason.NET_CARRIER_REJECT
