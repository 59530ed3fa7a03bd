"""The one typed source of settings: read once from the environment, validated at start."""

from enum import StrEnum
from functools import lru_cache
from pathlib import Path
from typing import Final, Self

from pydantic import Field, SecretStr, field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from kinline.mail import mail

DEMO_ACCOUNT_NUMBER: Final = "+12255550150"
DEMO_SUPPORT_NUMBER: Final = "+12255550151"


class LogFormat(StrEnum):
    """How log lines are written: for a reader, or for a machine."""

    TEXT = "text"
    JSON = "json"


class SipDigest(StrEnum):
    """How stations and lines may prove their password (RFC 8760)."""

    BOTH = "both"
    """SHA-256 and, for a phone that knows no better, MD5."""
    SHA256 = "sha-256"
    MD5 = "md5"
    """For old phones that give up when anything but MD5 is offered too (baresip up to 1.1, SIPp)."""

    @property
    def algorithms(self) -> tuple[str, ...]:
        """Strongest first."""
        return ("SHA-256", "MD5") if self is SipDigest.BOTH else (self.upper(),)


class Configuration(BaseSettings):
    """Every setting of an installation. Environment variables are the names in capitals with `KINLINE_` before them,
    but for `DATABASE_URL`, which hosting services set under that name."""

    model_config = SettingsConfigDict(env_prefix="KINLINE_", extra="ignore")

    data: Path = Path("var")
    """Folder for the SQLite database, prompts, names and recordings."""
    database_url: str = Field(default="", validation_alias="DATABASE_URL")
    """`postgresql://user:password@host:port/name`; empty: SQLite in `data`."""
    secret_key: SecretStr = SecretStr("")
    """Django's secret; empty: made at first start and kept in `data`."""
    pin_pepper: SecretStr = SecretStr("")
    """Mixed into every PIN hash; empty: made at first start and kept in `data`."""
    voucher_key: SecretStr = SecretStr("")
    """The key of the stored hashes of vouchers' codes; empty: made at first start and kept in `data`."""
    second_step_key: SecretStr = SecretStr("")
    """Seals the secrets of staff's second step in the database; empty: made at first start and kept in `data`."""
    document_key: SecretStr = SecretStr("")
    """Seals what people send in (documents, pictures); empty: made at first start and kept in `data`."""
    staff_idle_minutes: int = Field(default=20, ge=1, le=120)
    """After so long without a request, staff are signed out."""
    staff_session_hours: int = Field(default=12, ge=1, le=24)
    """After so long, staff sign in anew in any case."""
    demo: bool = True
    """Seed a demo agency into an empty database."""

    host: str = "127.0.0.1"
    """The address that web, SIP and RTP listen on, and that goes into SIP and SDP."""
    web_port: int = 8000
    files_port: int = 0
    """Where what people sent in is given out, apart from the pages; 0: the port after `web_port`."""
    sip_port: int = 5060
    """SIP over UDP and TCP."""
    sips_port: int = 5061
    """SIP over TLS; a certificate is made at first start when none is named."""
    sip_digest: SipDigest = SipDigest.BOTH
    tls_certificate: Path | None = None
    tls_key: Path | None = None
    rtp_first_port: int = 20000
    rtp_last_port: int = 29999
    carrier_checks: bool = True
    """Ask carriers every half minute whether they are there (OPTIONS). Some take it ill."""
    drain_seconds: int = 0
    """When the switchboard stops: how long calls in progress may go on before they are ended."""
    account_number: str = ""
    """The number, as carriers deliver it to us, at which families hear and fund their account by phone; empty: none,
    but in the demo its own."""
    support_number: str = ""
    """Where a person answers for who presses 0 there; empty: nobody, but in the demo its own."""
    allowed_hosts: list[str] = ["127.0.0.1", "localhost"]

    stripe_key: SecretStr = SecretStr("")
    """Stripe's secret key (`sk_...`, better a restricted one, `rk_...`); empty: no cards are taken."""
    stripe_publishable_key: str = ""
    """Stripe's key for browsers (`pk_...`)."""
    stripe_webhook_secret: SecretStr = SecretStr("")
    """What Stripe signs its messages to `/webhooks/stripe` with (`whsec_...`)."""
    stripe_api: str = ""
    """Another address than Stripe's own: of a local fake, which serves its script under `/js.stripe.com/v3/`."""
    deposit_most_a_day: str = Field(default="500.00", pattern=r"^[0-9]{1,6}(\.[0-9]{2})?$")
    """Dollars that one customer can add by card in a day (UTC). A single payment of up to $50 always goes through
    (47 CFR 64.6100)."""

    email_url: SecretStr = SecretStr("")
    """The mail server: `smtp://user:password@host:587` (STARTTLS) or `smtps://...:465`; empty: files in `data`/mail."""
    email_from: str = "Kinline <kinline@localhost>"
    """Who e-mail is from."""
    sms_url: SecretStr = SecretStr("")
    """Who sends text messages: `twilio://ACCOUNT:TOKEN@api.twilio.com?from=+15045550100`; empty: nobody, but in the
    demo files in `data`/sms."""
    web_address: str = ""
    """Where families find the pages, for links in e-mail: `https://calls.example.org`; empty: `host` and `web_port`."""

    files_address: str = ""
    """Where browsers find `files_port`: `https://files.example.org`, another name than that of the pages; empty:
    `host` and `files_port`."""

    debug: bool = False
    log_format: LogFormat = LogFormat.TEXT

    @model_validator(mode="after")
    def _has_numbers_in_the_demo(self) -> Self:
        if self.demo:
            self.account_number = self.account_number or DEMO_ACCOUNT_NUMBER
            self.support_number = self.support_number or DEMO_SUPPORT_NUMBER
        return self

    @model_validator(mode="after")
    def _gives_out_files_apart(self) -> Self:
        self.files_port = self.files_port or self.web_port + 1
        return self

    @field_validator("email_url")
    @classmethod
    def _names_a_mail_server(cls, url: SecretStr) -> SecretStr:
        mail(url.get_secret_value())
        return url

    @property
    def prompts(self) -> Path:
        return self.data / "prompts"

    @property
    def recordings(self) -> Path:
        return self.data / "recordings"

    @property
    def mail(self) -> Path:
        return self.data / "mail"

    @property
    def sms(self) -> Path:
        return self.data / "sms"

    @property
    def site(self) -> str:
        """The address of the pages, without a slash at its end."""
        return self.web_address.rstrip("/") or f"http://{self.host}:{self.web_port}"

    @property
    def files_site(self) -> str:
        """The address of what people sent in, without a slash at its end."""
        return self.files_address.rstrip("/") or f"http://{self.host}:{self.files_port}"

    @property
    def documents(self) -> Path:
        return self.data / "documents"

    @property
    def bookings(self) -> Path:
        """Where files of jail management systems are dropped, in a folder for each facility."""
        return self.data / "bookings"

    @property
    def names(self) -> Path:
        return self.data / "names"


@lru_cache(maxsize=1)
def configuration() -> Configuration:
    """The settings of this process."""
    return Configuration()
