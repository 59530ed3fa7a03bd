"""A family's call to the account number as a state machine: `step(state, event) -> (state, commands)`. Pure.

In the style of `core.callflow`, with its words for what happens on the wire: `begin` gives the first state when the
call was answered; from then on every event goes to `step`, until `Release`. Nothing of an account is said or moved
before its phone PIN was right.
"""

from kinline.core.accountmenu.call import State, begin, step

__all__ = ["State", "begin", "step"]
