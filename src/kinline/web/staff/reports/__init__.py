"""`/facility/reports/`: what a facility reports, to read, to print, and as a file."""
