"""What goes wrong between the application and the mail server, and what is done about it."""

import logging
from datetime import UTC, date, datetime, timedelta
from ipaddress import ip_address

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from sqlalchemy import select

from kp4web.accounts.models import User
from kp4web.digest.commands import claim_digest
from kp4web.digest.models import DigestSent
from kp4web.domain.digest import SendOutcome
from kp4web.extensions import db
from kp4web.mail import NotSent, new_message
from tests.conftest import TODAY
from tests.factories import at, make_user
from tests.mailbox import SENDER, Mailbox, Mood, mailbox
from tests.mailing import NOW, busy, nightly_of, outcomes, said, wants


@pytest.fixture
def post(app):
    """Give a mail server that the application knows."""
    with mailbox() as server:
        app.config["MAIL_SERVER"] = server.settings()
        yield server


@pytest.fixture
def nightly(app):
    """Run the command of the night."""
    return nightly_of(app)


@pytest.fixture(scope="module")
def certificate(tmp_path_factory):
    """Return a file with the key and the certificate of this machine, signed by itself."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.now(UTC)
    signed = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False
        )
        .sign(key, hashes.SHA256())
    )
    path = tmp_path_factory.mktemp("mail") / "server.pem"
    path.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        + signed.public_bytes(serialization.Encoding.PEM)
    )
    return path


class Lines(logging.Handler):
    """Keeps what was written in the log: which user, and what went wrong."""

    def __init__(self):
        super().__init__()
        self.told = []

    def emit(self, record):
        self.told.append((record.user, record.error))


@pytest.fixture
def lines():
    """Give what was written in the log of the application."""
    kept, logger = Lines(), logging.getLogger("kp4web.digest")
    logger.addHandler(kept)
    yield kept
    logger.removeHandler(kept)


def lone(post: Mailbox, app, mood: Mood) -> User:
    """Return a user with a digest to come, of a server in this mood that is soon given up on."""
    post.mood = mood
    app.config["MAIL_SERVER"] = post.settings(timeout=0.4)
    return wants(busy())


@pytest.mark.parametrize(
    ("mood", "code"),
    [
        (Mood.NO_SUCH_MAILBOX, "550"),
        (Mood.CLOSING, "421"),
        (Mood.FULL, "452"),
        (Mood.GONE_EARLY, "SMTPServerDisconnected"),
        (Mood.SILENT_EARLY, "SMTPServerDisconnected"),
    ],
)
def test_what_was_certainly_not_sent_is_told_and_tried_again(app, post, nightly, lines, mood, code):
    user = lone(post, app, mood)
    assert nightly() == (1, said(refused=1))
    assert outcomes() == [SendOutcome.REFUSED]
    assert lines.told == [(user.id, code)]
    post.mood = Mood.ACCEPT
    assert nightly()[0] == 0
    assert post.receivers == [user.email]
    assert outcomes() == [SendOutcome.SENT]


@pytest.mark.parametrize("mood", [Mood.GONE_LATE, Mood.SILENT_LATE])
def test_what_may_have_been_sent_is_told_and_never_tried_again(app, post, nightly, lines, mood):
    user = lone(post, app, mood)
    code, line = nightly()
    assert (code, "1 onbekend" in line) == (1, True)
    assert outcomes() == [SendOutcome.UNKNOWN]
    assert lines.told == [(user.id, "unknown: SMTPServerDisconnected")]
    post.mood = Mood.ACCEPT
    assert nightly()[0] == 0
    assert len(post.messages) == 1


def test_a_server_that_is_away_is_asked_once(app, nightly, lines):
    with mailbox() as gone:
        server = gone.settings()
    app.config["MAIL_SERVER"] = server
    for _ in range(3):
        wants(busy())
    assert nightly() == (1, said(refused=1, waiting=2))
    assert len(lines.told) == 1
    with mailbox() as back:
        app.config["MAIL_SERVER"] = back.settings()
        assert nightly()[0] == 0
        assert len(back.messages) == 3


def test_one_refused_address_does_not_stop_the_others(app, post, nightly):
    odd, other = wants(busy()), wants(busy())
    odd.email = "josé@gemeente.example"
    assert nightly() == (1, said(sent=1, refused=1))
    assert post.receivers == [other.email]


def test_with_tls_the_password_is_sent(app, nightly, certificate, monkeypatch):
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    user = wants(busy())
    with mailbox(certificate) as post:
        app.config["MAIL_SERVER"] = post.settings(starttls=True, user="kp4web", password="geheim")
        assert nightly() == (0, said(sent=1))
        assert post.receivers == [user.email]
        assert post.signed_in == ["kp4web"]


@pytest.mark.parametrize("wrong", ["password", "certificate", "no tls"])
def test_no_password_goes_where_it_does_not_belong(app, nightly, certificate, monkeypatch, wrong):
    if wrong != "certificate":
        monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    password = "fout" if wrong == "password" else "geheim"
    wants(busy())
    with mailbox(None if wrong == "no tls" else certificate) as post:
        app.config["MAIL_SERVER"] = post.settings(  # a refused password is waited for in full
            starttls=True, user="kp4web", password=password, timeout=3.0
        )
        assert nightly() == (1, said(refused=1))
        assert (post.messages, post.signed_in) == ([], [])
    assert outcomes() == [SendOutcome.REFUSED]


def test_a_claim_that_broke_off_is_told_once_and_not_sent(app, post, nightly, lines):
    user = wants(busy())
    claim_digest(db.session(), user.id, now=at(date(2026, 1, 5)), today=TODAY)
    assert nightly() == (1, said(unknown=1))
    assert lines.told == [(user.id, "broken off")]
    assert nightly()[0] == 0
    assert post.messages == []


def test_old_records_go(app, post, nightly):
    user = make_user()
    for days in (30, 31):
        db.session.add(
            DigestSent(
                user_id=user.id, for_day=TODAY - timedelta(days=days), claimed_at=NOW,
                outcome=SendOutcome.SENT, ended_at=NOW,
            )
        )  # fmt: skip
    nightly()
    assert list(db.session.scalars(select(DigestSent.for_day))) == [TODAY - timedelta(days=30)]


def test_no_address_makes_another_header():
    for to in ("x@y.example\r\nBcc: z@y.example", "josé@y.example"):
        with pytest.raises(NotSent):
            new_message(sender=SENDER, to=to, subject="x", text="x", at=NOW, reference="1")
