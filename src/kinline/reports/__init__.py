"""What a facility reports: its shifts, suspensions, decisions on contacts, busy hours, and records for who may ask; and
what the FCC asks of a provider each year."""
