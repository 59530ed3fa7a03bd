"""Running an installation: what is done at first start, what keeps it up, and what looks after it."""
