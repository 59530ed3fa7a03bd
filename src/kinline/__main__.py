"""`python -m kinline`."""

import sys

from kinline.cli import main

sys.exit(main())
