"""A call that the platform places to a family as a state machine: `step(state, event) -> (state, commands)`. Pure.

In the style of `core.accountmenu`: `begin` rings the phone; from then on every event goes to `step`, until `Release`,
before which the outcome is reported once. Nothing that was ordered happens before a person has pressed a key: an
answering machine hears who called, and nothing else.
"""

from kinline.core.servicecall.call import State, begin, step

__all__ = ["State", "begin", "step"]
