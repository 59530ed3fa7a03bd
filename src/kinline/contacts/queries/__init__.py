"""What can be asked about contacts."""

from kinline.contacts.queries.finding import find_resident, search_by
from kinline.contacts.queries.lists import ListRules, list_rules, settings_of
from kinline.contacts.queries.standing import may_ask_again, may_be_appealed, seen_by_family
from kinline.contacts.queries.waiting import expected_waiting, waiting_times, waits_longer_than_usual

__all__ = [
    "ListRules",
    "expected_waiting",
    "find_resident",
    "list_rules",
    "may_ask_again",
    "may_be_appealed",
    "search_by",
    "seen_by_family",
    "settings_of",
    "waiting_times",
    "waits_longer_than_usual",
]
