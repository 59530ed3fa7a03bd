"""The prompts and a few names of an installation, for all phones."""

import kept
import pytest

from kinline.telephony.phone.library import Library
from kinline.telephony.prompts import Prompts


@pytest.fixture(scope="session")
def spoken(tmp_path_factory: pytest.TempPathFactory) -> Prompts:
    spoken = Prompts(kept.spoken_prompts(), tmp_path_factory.mktemp("names"))
    spoken.synthesise_name("resident/1", "Andre Guidry")
    spoken.synthesise_name("facility/1", "Bayou Parish Jail")
    spoken.synthesise_name("provider", "Kinline")
    return spoken


@pytest.fixture(scope="session")
def library(spoken: Prompts) -> Library:
    return Library(spoken)
