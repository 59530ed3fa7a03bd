"""Ways out of the house: carriers and gateways, set by whoever runs the machine."""

from typing import Any

from django.db import transaction

from kinline.audit import services as audit
from kinline.audit.actions import Action
from kinline.core.identity import Instant
from kinline.facilities.models import Trunk


def set_trunk(name: str, says: dict[str, Any], actor: str, at: Instant) -> Trunk:
    """Make the trunk of this name, or change what is said of it; the switchboards take it up within seconds. The
    password itself is not stored: `secret_variable` names where it is found."""
    with transaction.atomic():
        trunk = Trunk.objects.filter(name=name).first()
        before = None if trunk is None else {field: getattr(trunk, field) for field in says}
        trunk = trunk or Trunk(name=name)
        for field, value in says.items():
            setattr(trunk, field, value)
        trunk.full_clean()
        trunk.save()
        audit.record(actor, Action.TRUNK_SET, f"trunk/{trunk.pk}", at, before=before, after=says)
    return trunk
