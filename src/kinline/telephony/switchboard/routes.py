"""The ways from the switchboard to a called party: trunks by priority, registered lines among them."""

from collections.abc import Callable
from typing import Final

from kinline.core.numbering import E164
from kinline.facilities.models.wires import Transport, TrunkKind
from kinline.facilities.queries import StationEntry, TrunkEntry
from kinline.telephony.sip import Credentials, Identity, Target
from kinline.telephony.sip import target as sip
from kinline.telephony.switchboard.directory import Directory

_TRANSPORTS: Final[dict[Transport, sip.Transport]] = {
    Transport.UDP: "udp",
    Transport.TCP: "tcp",
    Transport.TLS: "tls",
}


class Routes:
    """Turns a number into the targets that are tried one after the other."""

    def __init__(self, directory: Directory, registered: Callable[[str], tuple[Target, ...]]) -> None:
        self._directory = directory
        self._registered = registered

    def to(self, called_party: E164) -> tuple[Target, ...]:
        """Every way to a number, best first; none when no trunk can take it."""
        return tuple(target for trunk in self._directory.trunks for target in self._through(trunk, called_party))

    def caller_for(self, station: StationEntry) -> Identity:
        """Whom the called party sees: the facility, by name and number."""
        return Identity(station.number, display=station.facility_name, asserted=True)

    def _through(self, trunk: TrunkEntry, called_party: E164) -> tuple[Target, ...]:
        match trunk.kind:
            case TrunkKind.LINES:
                return self._registered(called_party)
            case TrunkKind.GATEWAY:
                return (gateway(trunk),)


def gateway(trunk: TrunkEntry) -> Target:
    """The carrier or gateway of a trunk."""
    return Target(
        trunk.host,
        trunk.port,
        _TRANSPORTS[trunk.transport],
        credentials=Credentials(trunk.user, trunk.password) if trunk.user else None,
        identity=Identity(trunk.number, asserted=True) if trunk.number else None,
    )
