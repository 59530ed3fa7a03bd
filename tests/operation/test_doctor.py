"""The doctor finds what is wrong, and says how to mend it."""

import datetime
import os
from pathlib import Path

import pytest
from pydantic import SecretStr

from kinline.certificate import certificate_files, make_certificate
from kinline.configuration import Configuration
from kinline.operation import doctor, migrate
from kinline.operation.prepare import make_secrets
from kinline.secrets import Secret, secret_file

NOW = datetime.datetime.now(datetime.UTC)


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Configuration:
    for secret in Secret:
        monkeypatch.delenv(f"KINLINE_{secret.name}", raising=False)
    return Configuration(data=tmp_path)


def test_secrets_are_missing_before_the_first_start_and_well_after_it(settings: Configuration) -> None:
    assert all("kinline prepare" in finding.problem for finding in doctor.secret_files(settings))
    make_secrets(settings)
    assert all(finding.is_well for finding in doctor.secret_files(settings))


def test_a_secret_that_others_can_read_is_found(settings: Configuration) -> None:
    make_secrets(settings)
    secret_file(settings, Secret.PIN_PEPPER).chmod(0o644)
    (wrong,) = (finding for finding in doctor.secret_files(settings) if not finding.is_well)
    assert "chmod 600" in wrong.problem
    assert "pin_pepper" in wrong.subject


def test_a_certificate_is_looked_at(settings: Configuration) -> None:
    assert "kinline prepare" in doctor.certificate(settings).problem
    make_certificate(settings, NOW)
    assert doctor.certificate(settings).is_well
    certificate_files(settings).key.chmod(0o640)
    assert "chmod 600" in doctor.certificate(settings).problem


def test_a_certificate_that_ends_soon_is_found(settings: Configuration) -> None:
    make_certificate(settings, NOW - datetime.timedelta(days=820))
    assert "it ends" in doctor.certificate(settings).problem


def test_missing_prompts_are_counted(settings: Configuration) -> None:
    assert doctor.prompts(settings).problem.endswith("kinline prompts")


def test_a_clock_behind_what_is_written_is_found(settings: Configuration) -> None:
    assert doctor.clock(settings).is_well
    written = settings.data / "kinline.sqlite3"
    written.touch()
    later = NOW.timestamp() + 3600
    os.utime(written, (later, later))
    assert "behind" in doctor.clock(settings).problem


@pytest.mark.django_db
def test_the_tables_and_their_guards_are_looked_at() -> None:
    assert all(finding.is_well for finding in doctor.database(Configuration()))


@pytest.mark.django_db
def test_a_table_without_its_guard_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(migrate, "GUARDED", (*migrate.GUARDED, "people_user"))
    (wrong,) = (finding for finding in doctor.database(Configuration()) if not finding.is_well)
    assert "people_user" in wrong.problem


def test_half_of_the_keys_for_cards_is_a_problem_and_none_or_all_are_not(settings: Configuration) -> None:
    assert doctor.cards(settings).is_well
    half = settings.model_copy(update={"stripe_key": SecretStr("sk_test")})
    assert "KINLINE_STRIPE_PUBLISHABLE_KEY and KINLINE_STRIPE_WEBHOOK_SECRET" in doctor.cards(half).problem
    rest = {"stripe_publishable_key": "pk_test", "stripe_webhook_secret": SecretStr("whsec")}
    assert doctor.cards(half.model_copy(update=rest)).is_well
