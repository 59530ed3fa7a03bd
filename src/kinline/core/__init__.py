"""The pure rules: no Django, no I/O, no clock, no randomness. Data in, decision out."""
