"""What calls cost, for everybody: the disclosure of 47 CFR 64.6110, as a page, on paper and for machines."""
