"""Whose account a person at a kiosk means."""

from kinline.core.identity import AccountId, ResidentId
from kinline.kiosks.models import Kiosk
from kinline.ledger import services as ledger
from kinline.ledger.models import SPENDABLE, Account, AccountKind
from kinline.people.models import CustomerNumber, Resident, ResidentStatus


class Closed(LookupError):
    """The account was closed by its owner; `field` is what it was asked by."""

    def __init__(self, field: str) -> None:
        super().__init__(field)
        self.field = field


class NotFound(LookupError):
    """Nobody, or more than one, is meant; `field` is what was asked by."""

    def __init__(self, field: str, *, is_ambiguous: bool = False) -> None:
        super().__init__(field)
        self.field = field
        self.is_ambiguous = is_ambiguous


def resident_here(kiosk: Kiosk, number: str) -> Resident:
    """A resident of the kiosk's own facility who is in custody there now. Raises `NotFound`."""
    found = Resident.objects.filter(
        facility_id=kiosk.facility_id, resident_number=number, status=ResidentStatus.ACTIVE
    ).first()
    if found is None:
        raise NotFound("resident_number")
    return found


def account_of_resident(kiosk: Kiosk, number: str) -> AccountId:
    """Their debit account, opened if they had none. Raises `NotFound`."""
    return ledger.open_resident_account(ResidentId(resident_here(kiosk, number).pk))


def account_of_telephone(number: str) -> AccountId:
    """The prepaid account of the one customer who confirmed this number (E.164). Raises `NotFound`, `Closed`."""
    customers = list(CustomerNumber.objects.filter(number=number, is_verified=True).values_list("customer", flat=True))
    if len(customers) != 1:
        raise NotFound("customer_phone", is_ambiguous=len(customers) > 1)
    account = ledger.open_customer_account(customers[0])
    if Account.objects.filter(pk=account, closed_at__isnull=False).exists():
        raise Closed("customer_phone")
    return account


def account_by_number(kiosk: Kiosk, account_id: int) -> AccountId:
    """A customer's account, or the debit account of a resident of this facility. Raises `NotFound`, `Closed`."""
    found = Account.objects.filter(pk=account_id, kind__in=SPENDABLE).select_related("resident").first()
    if found is None or (found.kind == AccountKind.RESIDENT_DEBIT and not _is_here(kiosk, found.resident)):
        raise NotFound("account")
    if found.closed_at is not None:
        raise Closed("account")
    return AccountId(found.pk)


def _is_here(kiosk: Kiosk, resident: Resident | None) -> bool:
    return (
        resident is not None and resident.facility_id == kiosk.facility_id and resident.status == ResidentStatus.ACTIVE
    )
