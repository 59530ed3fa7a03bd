"""People are told what happened: once, in their language, whatever becomes of the mail server."""

import socket
import socketserver
import threading
from collections.abc import Iterator
from datetime import date
from email import message_from_bytes, policy
from typing import Any

import pytest
from django.db import transaction
from make import DAY, MINUTE, NOON, a_customer, a_number

from kinline.core.identity import Instant, Language
from kinline.core.money import Money
from kinline.core.reasons import Reason
from kinline.ledger.models import Account
from kinline.mail import UnreadableEmailUrl, mail
from kinline.notices import services
from kinline.notices.delivery import Document
from kinline.notices.kinds import Kind
from kinline.notices.models import Message, MessageState
from kinline.notices.words import placeholders, words
from kinline.people.models import User

PAPER = Document("2026-10-000012.pdf", "application/pdf", b"%PDF-1.7 ...")


class MailServer(socketserver.ThreadingTCPServer):
    """Speaks SMTP, and keeps what it was given. `refusing`: the answer to the next recipients."""

    allow_reuse_address = daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Conversation)
        self.taken: list[Any] = []
        self.refusing: list[str] = []


class _Conversation(socketserver.StreamRequestHandler):
    server: MailServer

    def handle(self) -> None:
        self._say("220 ready")
        while line := self.rfile.readline():
            verb = line[:4].upper()
            if verb == b"DATA":
                self._say("354 go on")
                lines = iter(self.rfile.readline, b".\r\n")
                self.server.taken.append(message_from_bytes(b"".join(lines), policy=policy.default))
                self._say("250 taken")
            elif verb == b"RCPT" and self.server.refusing:
                self._say(self.server.refusing.pop(0))
            elif verb == b"QUIT":
                return self._say("221 bye")
            else:
                self._say("250 fine")
        return None

    def _say(self, answer: str) -> None:
        self.wfile.write(f"{answer}\r\n".encode())


@pytest.fixture
def server(settings: Any) -> Iterator[MailServer]:
    with MailServer() as made:
        threading.Thread(target=made.serve_forever, daemon=True).start()
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = made.server_address
        yield made
        made.shutdown()


@pytest.fixture
def mother(db: None) -> User:
    account = a_customer(a_number())
    customer = Account.objects.get(pk=account).customer
    assert customer is not None
    return customer.user


def told(to: User, key: str = "invoice/12/issued") -> None:
    due = date(2026, 12, 11)
    services.tell(
        to, Kind.INVOICE_ISSUED, key, NOON, document="invoice/12", number="12", amount=Money.parse("31.20"), due=due
    )


def delivered(at: int = NOON) -> int:
    return services.deliver(Instant(at), lambda name, language: PAPER)


def test_every_notice_has_its_words_in_each_language_with_the_same_values() -> None:
    for kind in Kind:
        english, spanish = (words(kind, language) for language in Language)
        assert placeholders(kind, Language.ENGLISH) == placeholders(kind, Language.SPANISH), kind
        assert english.text != spanish.text
        assert all(part.strip() for part in (english.subject, english.text, spanish.subject, spanish.text)), kind


def test_a_message_arrives_once_in_the_language_of_its_reader_with_its_paper(server: MailServer, mother: User) -> None:
    User.objects.filter(pk=mother.pk).update(language="es", name="Rosa\nBcc: all@example.org")
    told(mother)
    told(mother)
    assert [delivered(), delivered()] == [1, 0]
    [mail] = server.taken
    assert mail["To"] == mother.email
    assert mail["Subject"] == "Su factura 12 de Kinline: $31.20"
    assert mail["Bcc"] is None
    text = mail.get_body(("plain",)).get_content()
    assert "Hola, Rosa Bcc: all@example.org:" in text
    assert "con vencimiento el 11 de diciembre de 2026" in text
    [paper] = mail.iter_attachments()
    assert (paper.get_filename(), paper.get_content()) == (PAPER.name, PAPER.content)


def test_what_was_rolled_back_is_told_to_nobody(mother: User) -> None:
    with transaction.atomic():
        told(mother)
        transaction.set_rollback(True)
    assert not Message.objects.exists()


def test_a_message_survives_a_mail_server_that_is_away(server: MailServer, mother: User) -> None:
    told(mother)
    server.refusing = ["451 come again"]
    assert delivered() == 0
    assert delivered(NOON + MINUTE - 1) == 0
    assert delivered(NOON + 5 * MINUTE) == 1
    assert len(server.taken) == 1
    assert Message.objects.get().state == MessageState.SENT


def test_an_address_that_is_refused_is_kept_and_can_be_tried_again(server: MailServer, mother: User) -> None:
    told(mother)
    server.refusing = ["550 nobody of this name"]
    assert [delivered(), delivered(NOON + 9 * DAY)] == [0, 0]
    found = services.backlog()
    assert (found.waiting, found.failed, "550" in found.problem) == (0, 1, True)
    assert mother.email not in found.problem
    assert services.try_again(NOON) == 1
    assert delivered() == 1


def test_a_worker_that_died_while_sending_is_followed_by_another_under_the_same_id(
    server: MailServer, mother: User
) -> None:
    told(mother)
    message = Message.objects.get()
    for at in (NOON, NOON + services.BELIEVED_DEAD):
        Message.objects.filter(pk=message.pk).update(state=MessageState.WAITING)  # as it was before the answer came
        if at > NOON:
            Message.objects.filter(pk=message.pk).update(due_at=at)
        assert delivered(at) == 1
    first, second = server.taken
    assert first["Message-ID"] == second["Message-ID"]


def test_after_days_in_vain_it_has_failed_and_stays(mother: User, settings: Any) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    with socket.create_server(("127.0.0.1", 0)) as nobody:
        settings.EMAIL_HOST, settings.EMAIL_PORT = nobody.getsockname()
    told(mother)
    at = NOON
    for wait in (0, *services.WAITS):
        at += wait
        assert delivered(at) == 0
    assert Message.objects.get().state == MessageState.FAILED
    assert at - NOON > 3 * DAY


def test_values_that_the_words_do_not_take_are_refused_where_they_are_given(mother: User) -> None:
    with pytest.raises(ValueError, match="takes"):
        services.tell(mother, Kind.INVOICE_ISSUED, "x", NOON, number="12")


def test_a_reason_is_told_as_families_read_it(server: MailServer, mother: User) -> None:
    why = Reason.PAY_AUTHENTICATION_NEEDED
    services.tell(mother, Kind.RELOAD_FAILED, "x", NOON, amount=Money.parse("20.00"), card="4242", why=why)
    delivered()
    text = server.taken[0].get_content()
    assert why.value not in text
    assert "bank" in text


def test_a_demonstration_puts_mail_into_files_that_any_mail_program_opens(
    mother: User, settings: Any, tmp_path: Any
) -> None:
    settings.EMAIL_BACKEND, settings.EMAIL_FILE_PATH = "kinline.notices.email.FolderBackend", tmp_path / "mail"
    told(mother)
    assert delivered() == 1
    [file] = settings.EMAIL_FILE_PATH.iterdir()
    assert file.name.endswith(".invoice_issued.eml")
    assert message_from_bytes(file.read_bytes(), policy=policy.default)["To"] == mother.email


def test_the_address_of_the_mail_server_is_read_and_a_bad_one_is_named_without_its_password() -> None:
    found = mail("smtp://kin%40line:p%2Fw@mail.example.org")
    assert (found.host, found.port, found.user, found.password) == ("mail.example.org", 587, "kin@line", "p/w")
    assert found.starttls
    assert mail("smtps://mail.example.org").port == 465
    for wrong in ("http://a:secret@b", "smtp://a:secret@", "smtp://a:secret@b:port"):
        with pytest.raises(UnreadableEmailUrl) as refused:
            mail(wrong)
        assert "secret" not in str(refused.value)
