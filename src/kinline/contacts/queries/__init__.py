"""What can be asked about contacts."""

from kinline.contacts.queries.lists import ListRules, list_rules, settings_of
from kinline.contacts.queries.standing import may_be_appealed, seen_by_family
from kinline.contacts.queries.waiting import expected_waiting

__all__ = [
    "ListRules",
    "expected_waiting",
    "list_rules",
    "may_be_appealed",
    "seen_by_family",
    "settings_of",
]
