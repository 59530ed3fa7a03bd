"""The entries of the catalogue, one module for each stage."""
