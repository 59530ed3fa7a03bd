"""Settings, and what the demo gives where nothing else was said."""

from kinline import demo
from kinline.configuration import Configuration
from kinline.telephony.switchboard.menu import account_line


def test_the_demo_has_an_account_number_of_its_own_and_a_real_installation_has_none() -> None:
    line = account_line(Configuration(demo=True))
    assert line is not None
    assert (line.number, line.support) == (demo.ACCOUNT_NUMBER, demo.SUPPORT)
    assert account_line(Configuration(demo=False)) is None


def test_a_configured_account_number_takes_the_place_of_the_demos() -> None:
    for is_demo in (True, False):
        line = account_line(Configuration(demo=is_demo, account_number="+13185550100", support_number="+13185550101"))
        assert line is not None
        assert (line.number, line.support) == ("+13185550100", "+13185550101")
