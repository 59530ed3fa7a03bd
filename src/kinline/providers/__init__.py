"""Outside services: one module for what a kind of service does for us, one deletable folder for each that does it."""
