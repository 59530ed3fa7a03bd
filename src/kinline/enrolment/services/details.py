"""A customer's address, e-mail, numbers and password: what is new counts when its code came back, and is told."""

from collections.abc import Mapping

from django.contrib.auth.hashers import make_password
from django.db import IntegrityError, transaction

from kinline.audit import services as audit
from kinline.audit.actions import Action
from kinline.contacts.errors import NotAskable
from kinline.contacts.models import Contact, ContactState
from kinline.contacts.services import request_contact
from kinline.core.contacts import Source
from kinline.core.identity import Instant, Language
from kinline.core.numbering import E164, masked
from kinline.enrolment import codes, sending
from kinline.enrolment.errors import CodeOver, NotTheirs
from kinline.enrolment.models import Confirmation, Purpose
from kinline.notices import services as notices
from kinline.notices.kinds import Kind
from kinline.people.models import Customer, CustomerNumber, User
from kinline.people.services import serve

ADDRESS = ("street", "city", "state", "postal_code", "country")


def ask_number(user: User, number: E164, at: Instant, replaces: str = "") -> Confirmation:
    """They say that a number is theirs; `replaces`: instead of another of theirs. The code is sent by `text_code` or
    `call_code`."""
    confirmation, _ = codes.claim(Purpose.NUMBER, number, at, user=user, contents={"replaces": replaces})
    return confirmation


def text_code(confirmation: Confirmation, at: Instant) -> None:
    """Raises `NotSent`."""
    sending.text(E164(confirmation.target), _language(confirmation), codes.renewed(confirmation, at))


def call_code(confirmation: Confirmation, at: Instant, address: str) -> None:
    """Raises `NotCalled`."""
    code = codes.renewed(confirmation, at)
    asked_by = f"user/{confirmation.user_id}"
    sending.call(E164(confirmation.target), _language(confirmation), code, at, asked_by, address)


def own_number(confirmation: Confirmation, code: str, at: Instant) -> CustomerNumber:
    """The code came back: the number is theirs, asked to pay after all who have it already, and the one that it
    replaces is theirs no more. Raises `WrongCode` or `CodeOver`."""
    codes.use(confirmation, code, at)
    user, number = _claimant(confirmation), confirmation.target
    with transaction.atomic():
        customer = Customer.objects.select_for_update().get(user=user)
        owned = serve(customer.pk, number)
        CustomerNumber.objects.filter(pk=owned.pk, is_verified=False).update(is_verified=True, theirs_since=at)
        replaced = confirmation.contents.get("replaces", "")
        after = {"number": number, "replaces": replaced}
        audit.record(f"user/{user.pk}", Action.NUMBER_VERIFIED, f"customer/{customer.pk}", at, after=after)
        key = f"number/{confirmation.pk}/added"
        notices.tell(user, Kind.NUMBER_ADDED, key, at, number=number[-4:])
        if replaced:
            _replace(customer, replaced, E164(number), at)
    owned.refresh_from_db()
    return owned


def _replace(customer: Customer, old: str, new: E164, at: Instant) -> None:
    """Whoever may call the old number may call the new one, as soon as the facility's rule for its lists allows: at
    once, or when staff have decided. The old number is theirs no more."""
    theirs = Contact.objects.filter(customer=customer, number=old, state=ContactState.APPROVED)
    for contact in theirs.select_related("resident__facility"):
        try:
            with transaction.atomic():
                request_contact(
                    contact.resident,
                    new,
                    contact.name,
                    contact.relationship,
                    Source.FAMILY,
                    f"user/{customer.user_id}",
                    at,
                    customer=customer,
                    language=contact.language,
                )
        except NotAskable:  # the family asks by itself, where it reads why not
            continue
    if CustomerNumber.objects.filter(customer=customer, number=old).exists():
        give_up_number(customer.user, old, at)


def give_up_number(user: User, number: str, at: Instant) -> None:
    """Their account pays for calls to it no more, and they see no more of its calls. Raises `NotTheirs`."""
    with transaction.atomic():
        found = CustomerNumber.objects.filter(customer__user=user, number=number).first()
        if found is None:
            raise NotTheirs(masked(number))
        found.delete()
        subject = f"customer/{found.customer_id}"
        audit.record(f"user/{user.pk}", Action.NUMBER_GIVEN_UP, subject, at, before={"number": number})
        notices.tell(user, Kind.NUMBER_REMOVED, f"number/{subject}/{number[-4:]}/{at}", at, number=number[-4:])


def ask_email(user: User, email: str, at: Instant) -> Confirmation:
    """A code is on its way to the address that shall be theirs. One that is somebody's gets a letter that says so, and
    no code: here it looks the same. Raises `NotSent`."""
    is_known = User.objects.filter(email=email).exists()
    confirmation, code = codes.claim(Purpose.EMAIL, email, at, user=user, is_open=not is_known)
    key, language = f"{confirmation.pk}", Language(user.language)
    if is_known:
        sending.mail(email, language, Kind.ALREADY_SIGNED_UP, key)
    else:
        sending.mail(email, language, Kind.EMAIL_CODE, key, code=code, minutes=sending.MINUTES)
    return confirmation


def move_to_email(confirmation: Confirmation, code: str, at: Instant) -> None:
    """The code came back: they sign in and are written to there. The old address is told. Raises `WrongCode` or
    `CodeOver`, and `NotSent` when it is done but the old address could not be told."""
    codes.use(confirmation, code, at)
    user = _claimant(confirmation)
    old = user.email
    try:
        with transaction.atomic():
            user.email = confirmation.target
            user.save(update_fields=("email",))
            subject = f"user/{user.pk}"
            audit.record(subject, Action.EMAIL_CHANGED, subject, at, before={"email": old}, after={"email": user.email})
    except IntegrityError as error:
        raise CodeOver from error
    name, _, domain = user.email.partition("@")
    new = f"{name[:1]}…@{domain}"
    sending.mail(old, Language(user.language), Kind.EMAIL_CHANGED, f"{confirmation.pk}", name=user.name, new=new)


def forgotten(email: str, language: Language, at: Instant) -> Confirmation:
    """A code is on its way, if the address is a customer's; here it looks the same if it is not. Raises `NotSent`."""
    user = User.objects.filter(email=email, is_active=True, customer__isnull=False).first()
    is_open = user is not None
    confirmation, code = codes.claim(Purpose.PASSWORD, email, at, user=user, is_open=is_open)
    if user is not None:
        key = f"{confirmation.pk}"
        sending.mail(email, Language(user.language), Kind.PASSWORD_CODE, key, code=code, minutes=sending.MINUTES)
    return confirmation


def reset_password(confirmation: Confirmation, code: str, password: str, at: Instant) -> User:
    """The code came back: this is their password, and every device is signed out. Raises `WrongCode` or `CodeOver`."""
    codes.use(confirmation, code, at)
    user = _claimant(confirmation)
    with transaction.atomic():
        user.password = make_password(password)
        user.save(update_fields=("password",))
        password_changed(user, at)
    return user


def password_changed(user: User, at: Instant) -> None:
    """Write down and tell that there is another password. Part of the caller's transaction."""
    audit.record(f"user/{user.pk}", Action.PASSWORD_CHANGED, f"user/{user.pk}", at)
    notices.tell(user, Kind.PASSWORD_CHANGED, f"password/{user.pk}/{at}", at)


def way_in_changed(user: User, action: Action, what: str, at: Instant) -> None:
    """Write down and tell that a way of signing in came or went; `what` in the person's language. Part of the caller's
    transaction."""
    audit.record(f"user/{user.pk}", action, f"user/{user.pk}", at)
    notices.tell(user, Kind.SIGN_IN_CHANGED, f"way_in/{user.pk}/{action}/{at}", at, what=what)


def set_address(user: User, name: str, address: Mapping[str, str], language: str, at: Instant) -> None:
    """Their name, postal address and language from now on."""
    with transaction.atomic():
        customer = Customer.objects.select_for_update().get(user=user)
        wanted = {field: address[field] for field in ADDRESS}
        before = {
            **{field: getattr(customer, field) for field in ADDRESS},
            "name": user.name,
            "language": user.language,
        }
        after = {**wanted, "name": name, "language": language}
        if before == after:
            return
        Customer.objects.filter(pk=customer.pk).update(**wanted)
        User.objects.filter(pk=user.pk).update(name=name, language=language)
        subject = f"customer/{customer.pk}"
        changed = {field for field in after if before[field] != after[field]}
        audit.record(
            f"user/{user.pk}",
            Action.DETAILS_CHANGED,
            subject,
            at,
            before={field: before[field] for field in changed},
            after={field: after[field] for field in changed},
        )


def _claimant(confirmation: Confirmation) -> User:
    if confirmation.user is None:
        raise CodeOver
    return confirmation.user


def _language(confirmation: Confirmation) -> Language:
    return Language(_claimant(confirmation).language)
