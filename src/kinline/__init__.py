"""Kinline: phone calls between people in custody and the people who love them."""
