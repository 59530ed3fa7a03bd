"""The live board: calls in progress as they change, for as many viewers as a process bears."""
