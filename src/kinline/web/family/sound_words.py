"""How a call sounded, as a family reads it."""

from typing import Any, Final

from django.utils.translation import gettext_lazy as _

from kinline.core.sound_quality import Heard

HEARD: Final[dict[Heard, Any]] = {Heard.GOOD: _("good"), Heard.FAIR: _("fair"), Heard.POOR: _("poor")}
