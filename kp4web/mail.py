"""
Sending one e-mail over SMTP, with an honest answer to the question whether it went out.

Until the text is sent nothing can have arrived; after it only the server's answer tells. Errors
carry a code, never the words of the server: those may quote the address.
"""

import smtplib
import ssl
from contextlib import closing
from dataclasses import dataclass, field
from datetime import datetime
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime

OK, FORWARDS, CLOSING = 250, 251, 421
_POLICY = SMTP.clone(cte_type="7bit")


@dataclass(frozen=True, slots=True)
class MailServer:
    """Where e-mail is handed in, and on whose behalf."""

    host: str
    port: int
    sender: str
    starttls: bool = True
    user: str = ""
    password: str = field(default="", repr=False)
    timeout: float = 20.0
    """Seconds that the server may be silent."""


class NotSent(RuntimeError):
    """The e-mail was certainly not accepted."""


class ServerAway(NotSent):
    """The server cannot be used at all: the next e-mail has no chance either."""


class Uncertain(RuntimeError):
    """The connection broke after the text went out: it may have been accepted."""


def new_message(
    *, sender: str, to: str, subject: str, text: str, at: datetime, reference: str
) -> EmailMessage:
    """
    Return a message of plain text; raises ``NotSent`` for an address that cannot be one.

    ``reference`` makes its Message-ID: the same for the same e-mail, whoever sends it.
    """
    message = EmailMessage(policy=_POLICY)
    try:
        to.encode("ascii")
        message["From"], message["To"], message["Subject"] = sender, to, subject
    except (ValueError, IndexError) as error:
        raise NotSent("address") from error
    message["Date"] = format_datetime(at)
    message["Message-ID"] = f"<{reference}@{sender.rpartition('@')[2]}>"
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(text)
    return message


def send(server: MailServer, message: EmailMessage) -> None:
    """Hand the message in; raises ``NotSent``, ``ServerAway`` or ``Uncertain``."""
    with closing(_connected(server)) as client:
        _sign_in(client, server)
        _address(client, server.sender, str(message["To"]))
        _hand_over(client, message.as_bytes())


def _connected(server: MailServer) -> smtplib.SMTP:
    try:
        return smtplib.SMTP(server.host, server.port, timeout=server.timeout)
    except (smtplib.SMTPException, OSError) as error:
        raise ServerAway(_code_of(error)) from None


def _sign_in(client: smtplib.SMTP, server: MailServer) -> None:
    """Encrypt the connection and say who we are, as far as the settings want it."""
    try:
        if server.starttls:
            client.starttls(context=ssl.create_default_context())
        if server.user:
            client.login(server.user, server.password)
        client.ehlo_or_helo_if_needed()
    except (smtplib.SMTPException, OSError) as error:
        raise ServerAway(_code_of(error)) from None


def _address(client: smtplib.SMTP, sender: str, to: str) -> None:
    """Say from whom and for whom."""
    try:
        answers = [client.mail(sender), client.rcpt(to)]
    except (smtplib.SMTPException, OSError) as error:
        raise ServerAway(_code_of(error)) from None
    for code, _words in answers:
        if code == CLOSING:
            raise ServerAway(str(code))
        if code not in {OK, FORWARDS}:
            raise NotSent(str(code))


def _hand_over(client: smtplib.SMTP, content: bytes) -> None:
    """Send the text; from here on silence says nothing."""
    try:
        code, _words = client.data(content)
    except smtplib.SMTPDataError as error:
        raise NotSent(_code_of(error)) from None
    except (smtplib.SMTPException, OSError) as error:
        raise Uncertain(_code_of(error)) from None
    if code != OK:
        raise NotSent(str(code))


def _code_of(error: Exception) -> str:
    """Return what may be told of an error: the code of the server, or its kind."""
    return str(getattr(error, "smtp_code", "") or type(error).__name__)
