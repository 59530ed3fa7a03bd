"""Whom a resident may have as a contact: who may ask, what is decided and why, and what each side is told."""

from kinline.core.contacts.asking import Asked, Asking, AskProblem, Mode, Source, ask
from kinline.core.contacts.deciding import Case, Decided, NotDecided, decide
from kinline.core.contacts.reasons import DECISION_REASONS, ContactReason, explain_decision, reasons_for
from kinline.core.contacts.relationships import Relationship, relationship_in_words
from kinline.core.contacts.searching import AT_MOST_SHOWN, Person, SearchBy, Sought, shown_as, who_is_shown
from kinline.core.contacts.states import DAY, Act, State, Told, WaitsFor
from kinline.core.contacts.telling import FamilyState, family_state, may_appeal
from kinline.core.contacts.waiting import WaitingTime, waiting_time

__all__ = [
    "AT_MOST_SHOWN",
    "DAY",
    "DECISION_REASONS",
    "Act",
    "AskProblem",
    "Asked",
    "Asking",
    "Case",
    "ContactReason",
    "Decided",
    "FamilyState",
    "Mode",
    "NotDecided",
    "Person",
    "Relationship",
    "SearchBy",
    "Sought",
    "Source",
    "State",
    "Told",
    "WaitingTime",
    "WaitsFor",
    "ask",
    "decide",
    "explain_decision",
    "family_state",
    "may_appeal",
    "reasons_for",
    "relationship_in_words",
    "shown_as",
    "waiting_time",
    "who_is_shown",
]
