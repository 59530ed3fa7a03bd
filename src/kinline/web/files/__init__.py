"""What people send in: the form's field that takes it, the pages that open it, the listener that gives it out."""
