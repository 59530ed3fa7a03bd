"""The demo's prepaid cards and its kiosk. Public, like everything of the demo."""

from typing import Final

from kinline.core import voucher_code
from kinline.core.identity import FacilityId, Instant
from kinline.core.money import Money
from kinline.kiosks import services as kiosks
from kinline.vouchers import services as vouchers

CODES: Final = tuple(voucher_code.with_check_digit(f"4000000000000{number:02}") for number in range(1, 6))
"""Of cards of $10; the first four were sold, the last was not."""
KIOSK_KEY: Final = "kiosk_demo_of_the_bayou_parish_jail"


def seed_cash(jail: int, at: Instant) -> None:
    """A batch of five cards, and a kiosk in the jail's lobby."""
    made = vouchers.make(Money.of_cents(10_00), len(CODES), "system", at, CODES)
    vouchers.activate(made.batch_id, 1, len(CODES) - 1, "system", at)
    kiosks.make(FacilityId(jail), "Lobby", "system", at, KIOSK_KEY)
