"""Who comes, moves and goes: by hand, or from the records of a jail management system."""
