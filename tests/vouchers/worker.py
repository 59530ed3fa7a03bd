"""A process of its own that redeems codes: `worker.py ACCOUNT CODE...`; prints what came of each."""

import sys

import django

django.setup()

from make import NOON  # noqa: E402

from kinline.core.identity import AccountId  # noqa: E402
from kinline.vouchers.services import Redeemed, redeem  # noqa: E402

account = AccountId(int(sys.argv[1]))
for code in sys.argv[2:]:
    answer = redeem(code, account, (f"account/{account}",), NOON)
    print("redeemed" if isinstance(answer, Redeemed) else answer.reason)
