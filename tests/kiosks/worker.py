"""A process of its own that books cash: `worker.py KIOSK ACCOUNT RECEIPT...`, each under a key named for it."""

import sys

import django

django.setup()

from make import NOON  # noqa: E402

from kinline.core.identity import AccountId  # noqa: E402
from kinline.core.money import Money  # noqa: E402
from kinline.kiosks import services  # noqa: E402
from kinline.kiosks.models import Kiosk  # noqa: E402

kiosk, account = Kiosk.objects.get(pk=sys.argv[1]), AccountId(int(sys.argv[2]))


def book(receipt: str) -> services.Answer:
    taken = services.deposit(kiosk, account, Money.parse("20.00"), receipt, NOON)
    return services.Answer(201, {"reference": taken.key})


for receipt in sys.argv[3:]:
    answer = services.once(kiosk, f"key-of-{receipt}", receipt, NOON, lambda receipt=receipt: book(receipt))
    print("repeated" if answer.is_repeated else "booked", answer.content["reference"])
