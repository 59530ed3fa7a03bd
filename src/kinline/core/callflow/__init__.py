"""A call as a state machine: `step(state, event) -> (state, commands)`. Pure; one module per act."""
