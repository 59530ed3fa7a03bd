"""The product's settings in a folder of their own, which is gone when the tests end."""

import atexit
import os
import shutil
import tempfile

_data = tempfile.mkdtemp(prefix="kinline-tests-")
atexit.register(shutil.rmtree, _data, ignore_errors=True)
os.environ["KINLINE_DATA"] = _data
# Dozens of processes are started: what one has compiled serves the others.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
# Programs that tests start share them, and so can check the same PINs.
os.environ["KINLINE_SECRET_KEY"] = "secret key of the tests"
os.environ["KINLINE_PIN_PEPPER"] = "pepper of the tests"
os.environ["KINLINE_VOUCHER_KEY"] = "voucher key of the tests"

from kinline.settings import *  # noqa: E402, F403

# Log-ins of the cast need no slow hash.
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
