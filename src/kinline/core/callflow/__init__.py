"""A call as a state machine: `step(state, event) -> (state, commands)`. Pure; one module per act.

`begin` gives the first state at off-hook; from then on the switchboard hands every event to `step` and carries out
the commands in their order, until `Release`.
"""

from kinline.core.callflow.call import State, begin, step
from kinline.core.callflow.moment import Act

__all__ = ["Act", "State", "begin", "step"]
