"""The pages: server-rendered, for families and for staff; everything works without JavaScript."""
