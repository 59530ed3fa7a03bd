"""Setting a facility up: what it lacks, settings copied from a sister facility, and a first test call."""
