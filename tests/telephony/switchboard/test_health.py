"""How stations and carriers are, as the switchboard tells it."""

from telephony.switchboard.conftest import Exchange

from kinline.core.reasons import Reason
from kinline.demo import SCENARIOS, station_password
from kinline.facilities.models import Station, Trunk
from kinline.facilities.models.wires import TrunkKind
from kinline.live.models import StationState, TrunkState
from kinline.telephony import sip
from kinline.telephony.sip.endpoint import Endpoint
from kinline.telephony.switchboard.clock import now

STATION = SCENARIOS["ordinary"].station


async def test_a_station_that_registers_calls_and_takes_its_leave_is_told_of_and_nothing_when_nothing_is_new(
    exchange: Exchange,
) -> None:
    health = exchange.board.health
    assert await exchange.books.ask(state) is None
    phone = await exchange.phone("wall")
    target = sip.Target(
        "127.0.0.1", exchange.endpoint.port, credentials=sip.Credentials(STATION, station_password(STATION))
    )
    await phone.register(target, STATION)
    await health.tell()
    registered = await exchange.books.ask(state)
    assert registered.registered_until > now() + 100_000
    assert registered.called_at is None

    resident = await exchange.off_hook(STATION)
    health.ended(exchange.board.calls[0].station, Reason.TALK_HANGUP_CALLED)  # nobody's fault
    await health.tell()
    called = await exchange.books.ask(state)
    assert called.called_at >= registered.seen_at
    assert (called.registered_until, called.error) == (registered.registered_until, "")
    health.ended(exchange.board.calls[0].station, Reason.TALK_ONE_WAY)
    resident.hang_up()
    await phone.close()  # takes its registration back
    await health.tell()
    gone = await exchange.books.ask(state)
    assert gone.registered_until <= now()
    assert gone.error == "talk.one_way"
    await health.tell()
    assert (await exchange.books.ask(state)).seen_at == gone.seen_at


async def test_carriers_are_asked_and_one_that_falls_silent_is_down_since_then(exchange: Exchange) -> None:
    carrier = await Endpoint.open("127.0.0.1", 0, realm="carrier", authority=exchange.directory)
    await exchange.books.ask(a_gateway, carrier.port)
    await exchange.directory.refresh(exchange.books)
    await exchange.board.health.tell()
    up = await exchange.books.ask(TrunkState.objects.get)
    assert up.is_up
    await exchange.board.health.tell()
    again = await exchange.books.ask(TrunkState.objects.get)
    assert (again.since, again.is_up) == (up.since, True)
    assert again.asked_at >= up.asked_at
    carrier.draining = True  # answers 503
    await exchange.board.health.tell()
    await carrier.close(0.1)
    down = await exchange.books.ask(TrunkState.objects.get)
    assert (down.is_up, down.round_trip_ms) == (False, None)
    assert down.since > up.since


def state() -> StationState | None:
    return StationState.objects.filter(station=Station.objects.get(sip_user=STATION)).first()


def a_gateway(port: int) -> None:
    Trunk.objects.create(name="Gulf Carrier", kind=TrunkKind.GATEWAY, priority=2, host="127.0.0.1", port=port)
