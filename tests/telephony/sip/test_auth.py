"""Digest: the vectors of the RFCs, and a client against a server that forgets nothing it must remember."""

import pytest

from kinline.telephony.sip import Account, Credentials
from kinline.telephony.sip.auth import HASHES, Challenger, Verdict, authorization, digest, digest_parameters

REALM = "kinline"
SOURCE = "192.0.2.1"
ALICE = Account.of("alice", REALM, "secret")


def accounts(user):
    return ALICE if user == "alice" else None


@pytest.fixture
def challenger():
    return Challenger(REALM, b"k" * 32, lifetime=300, remembered=4)


def answer(challenger, now=1000.0, *, user="alice", password="secret", method="REGISTER", only=None, count=1, salt="s"):
    challenges = challenger.challenges(now, SOURCE, salt)
    if only:
        challenges = [value for value in challenges if f"algorithm={only}" in value]
    return authorization(Credentials(user, password), challenges, method, "sip:kinline", "cn", count)


def test_the_vectors_of_rfc_7616():
    """Section 3.9.1."""
    user, realm, password = "Mufasa", "http-auth@example.org", "Circle of Life"
    for algorithm, expected in (
        ("MD5", "8ca523f5e9506fed4657c9700eebdbec"),
        ("SHA-256", "753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1"),
    ):
        ha1 = HASHES[algorithm](f"{user}:{realm}:{password}")
        assert expected == digest(
            algorithm, ha1, "GET", "/dir/index.html", "7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v",
            "00000001", "f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ", "auth",
        )  # fmt: skip


def test_the_vector_of_rfc_2617():
    """Section 3.5."""
    ha1 = HASHES["MD5"]("Mufasa:testrealm@host.com:Circle Of Life")
    assert (
        digest(
            "MD5", ha1, "GET", "/dir/index.html", "dcd98b7102dd2f0e8b11d0f600bfb0c093", "00000001", "0a4f113b", "auth"
        )
        == "6629fae49393a05397450978507c4ef1"
    )


def test_without_qop_the_answer_is_that_of_rfc_2069():
    ha1 = HASHES["MD5"]("Mufasa:testrealm@host.com:CircleOfLife")
    assert (
        digest("MD5", ha1, "GET", "/dir/index.html", "dcd98b7102dd2f0e8b11d0f600bfb0c093", "", "", "")
        == "1949323746fe6a43ef61f9606e7febea"
    )


@pytest.mark.parametrize("algorithm", ["MD5", "SHA-256"])
def test_the_right_password_is_right(challenger, algorithm):
    value = answer(challenger, only=algorithm)
    assert f"algorithm={algorithm}" in value
    assert challenger.check(value, "REGISTER", SOURCE, 1001.0, accounts) == (Verdict.RIGHT, "alice")


def test_the_stronger_algorithm_is_chosen(challenger):
    assert digest_parameters(answer(challenger))["algorithm"] == "SHA-256"


@pytest.mark.parametrize(
    "wrong",
    [{"password": "guess"}, {"user": "bob"}, {"user": ""}, {"method": "INVITE"}],
)
def test_whatever_is_wrong_is_wrong(challenger, wrong):
    verdict, _ = challenger.check(answer(challenger, **wrong), "REGISTER", SOURCE, 1001.0, accounts)
    assert verdict is Verdict.WRONG


@pytest.mark.parametrize("value", ["", "Basic abc", "Digest", "Digest username=alice", 'Digest nonce="zz-1-1", nc=x'])
def test_credentials_that_make_no_sense_are_wrong(challenger, value):
    assert challenger.check(value, "REGISTER", SOURCE, 1001.0, accounts)[0] is Verdict.WRONG


def test_a_nonce_belongs_to_the_source_it_was_given_to(challenger):
    assert challenger.check(answer(challenger), "REGISTER", "192.0.2.9", 1001.0, accounts)[0] is Verdict.WRONG


def test_a_nonce_made_elsewhere_is_wrong(challenger):
    forged = answer(Challenger(REALM, b"x" * 32))
    assert challenger.check(forged, "REGISTER", SOURCE, 1001.0, accounts)[0] is Verdict.WRONG


def test_an_old_nonce_is_stale_only_for_who_knows_the_password(challenger):
    late = 1000.0 + 301
    assert challenger.check(answer(challenger), "REGISTER", SOURCE, late, accounts)[0] is Verdict.STALE
    guess = answer(challenger, password="guess")
    assert challenger.check(guess, "REGISTER", SOURCE, late, accounts)[0] is Verdict.WRONG


def test_a_request_cannot_be_replayed_and_counts_may_come_out_of_order(challenger):
    verdicts = [
        challenger.check(answer(challenger, count=count), "REGISTER", SOURCE, 1001.0, accounts)[0]
        for count in (1, 3, 2, 3, 200, 1, 2)
    ]
    right, stale = Verdict.RIGHT, Verdict.STALE
    assert verdicts == [right, right, right, stale, right, stale, stale]


def test_a_forgotten_nonce_cannot_be_replayed_either(challenger):
    first = answer(challenger, 1000.0, salt="first")
    assert challenger.check(first, "REGISTER", SOURCE, 1001.0, accounts)[0] is Verdict.RIGHT
    for number in range(8):
        later = answer(challenger, 1001.0 + number, salt=f"n{number}")
        assert challenger.check(later, "REGISTER", SOURCE, 1010.0, accounts)[0] is Verdict.RIGHT
    assert len(challenger) == 4, "memory is bounded"
    assert challenger.check(first, "REGISTER", SOURCE, 1011.0, accounts)[0] is Verdict.STALE


def test_wrong_passwords_leave_nothing_behind(challenger):
    for number in range(100):
        value = answer(challenger, password=str(number), salt=str(number))
        challenger.check(value, "REGISTER", SOURCE, 1001.0, accounts)
    assert len(challenger) == 0


def test_a_challenge_of_auth_int_only_is_not_answered():
    challenge = 'Digest realm="r", nonce="n", qop="auth-int"'
    assert authorization(Credentials("a", "b"), [challenge, "Basic realm=x"], "INVITE", "sip:x", "cn") is None


def test_secrets_are_not_printed():
    assert "secret" not in repr(Credentials("alice", "secret"))
    assert ALICE.md5 not in repr(ALICE)
