"""Who is on the staff: invitations, roles given and taken, second steps reset, and the networks they come from."""
