"""Signing up: somebody says who they are; the code that reaches their address makes them a customer."""

from dataclasses import asdict, dataclass, field

from django.db import IntegrityError, transaction

from kinline.audit import services as audit
from kinline.audit.actions import Action
from kinline.core.identity import Instant, Language
from kinline.core.numbering import E164
from kinline.enrolment import agreements, codes, sending
from kinline.enrolment.errors import CodeOver
from kinline.enrolment.models import Confirmation, Purpose
from kinline.ledger.services import open_customer_account
from kinline.notices.kinds import Kind
from kinline.people.models import Customer, User


@dataclass(frozen=True, slots=True)
class Newcomer:
    """What a person says of themselves."""

    name: str
    email: str
    number: E164
    language: Language
    street: str
    city: str
    state: str
    postal_code: str
    country: str
    password_hash: str = field(repr=False)
    """Empty: they want a passkey."""


def sign_up(person: Newcomer, at: Instant) -> Confirmation:
    """A code is on its way to the person's address. Whose address is known already gets a letter that says so, and no
    code: here it looks the same. Raises `NotSent`."""
    is_known = User.objects.filter(email=person.email).exists()
    contents = {"language": person.language.value} if is_known else asdict(person)
    confirmation, code = codes.claim(Purpose.SIGN_UP, person.email, at, contents=contents, is_open=not is_known)
    _mail(confirmation, code)
    return confirmation


def send_again(confirmation: Confirmation, at: Instant) -> None:
    """A new code to the same address. Raises `NotSent`."""
    code = codes.renewed(confirmation, at) if confirmation.code_hash else codes.new_code()
    _mail(confirmation, code)


def join(confirmation: Confirmation, code: str, at: Instant) -> User:
    """The code came back: the person is a customer, with an account, and agreed to what is in force.
    Raises `WrongCode` or `CodeOver`."""
    codes.use(confirmation, code, at)
    said = confirmation.contents
    language = Language(said["language"])
    try:
        with transaction.atomic():
            user = User(email=confirmation.target, name=said["name"], language=language.value)
            user.password = said["password_hash"]
            if not user.password:
                user.set_unusable_password()
            user.save()
            address = {name: said[name] for name in ("street", "city", "state", "postal_code", "country")}
            customer = Customer.objects.create(user=user, **address)
            open_customer_account(customer.pk)
            agreements.accept(user, language, at)
            audit.record(f"user/{user.pk}", Action.CUSTOMER_JOINED, f"customer/{customer.pk}", at)
    except IntegrityError as error:  # the same address, by another sign-up in the meantime
        raise CodeOver from error
    Confirmation.objects.filter(pk=confirmation.pk).update(contents={})
    return user


def _mail(confirmation: Confirmation, code: str) -> None:
    language = Language(confirmation.contents["language"])
    key = f"{confirmation.pk}-{confirmation.expires_at}"
    if confirmation.code_hash:
        sending.mail(confirmation.target, language, Kind.SIGN_UP_CODE, key, code=code, minutes=sending.MINUTES)
    else:
        sending.mail(confirmation.target, language, Kind.ALREADY_SIGNED_UP, key)
