"""A letter as mail servers understand it: headers, a text part, an HTML part in the portal's brand."""

from dataclasses import dataclass
from datetime import datetime
from email import message_from_bytes
from email.headerregistry import Address, BaseHeader, HeaderRegistry, UnstructuredHeader
from email.message import EmailMessage
from email.policy import SMTP, SMTPUTF8, Policy, default
from textwrap import fill

from email_validator import validate_email

from upguide.i18n import current_language, render, render_text
from upguide.tenancy import Tenant

from .letters import Letter

_WIDTH = 72


class _Unfolded(UnstructuredHeader, BaseHeader):
    """A header of one long address: folded as others are, it would be encoded, and no mail program would find it."""

    max_count = 1

    def fold(self, *, policy: Policy) -> str:
        return f"{self.name}: {self}{policy.linesep}"


_HEADERS = HeaderRegistry()
_HEADERS.map_to_type("list-unsubscribe", _Unfolded)


def ascii_where_possible(address: str) -> str:
    """Return a mail address as mail servers want it: the domain in ASCII.

    Raises email_validator.EmailNotValidError (a ValueError) for anything that is not one address.
    """
    # Whether the domain takes mail is for whoever asked for the address; here only its form counts.
    found = validate_email(address, check_deliverability=False, globally_deliverable=False)
    return found.ascii_email or f"{found.local_part}@{found.ascii_domain}"


def compose(letter: Letter, tenant: Tenant, recipient: str, message_id: str, made_at: datetime) -> bytes:
    """Return `letter` as it will be sent, in the current locale.

    No picture, address or header in it tells us whether it was read. Raises ValueError where a header would
    hold a line break.
    """
    message = EmailMessage((SMTP if recipient.isascii() else SMTPUTF8).clone(header_factory=_HEADERS))
    message["From"] = Address(tenant.name, addr_spec=tenant.sender)
    local, _, domain = recipient.rpartition("@")
    message["To"] = Address(username=local, domain=domain)
    message["Subject"] = letter.subject
    message["Date"] = made_at
    message["Message-ID"] = message_id
    # Answering machines keep silent (RFC 3834; the second for those that do not know it).
    message["Auto-Submitted"] = "auto-generated"
    message["X-Auto-Response-Suppress"] = "All"
    if letter.unsubscribe:
        # One click, without signing in (RFC 2369, RFC 8058).
        message["List-Unsubscribe"] = f"<{letter.unsubscribe}>"
        message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    text = render_text("mail/letter.txt", letter=letter, tenant=tenant, wrap=_wrap)
    html = render("mail/letter.html", letter=letter, tenant=tenant, language=current_language())
    message.set_content(text, cte="quoted-printable")
    message.add_alternative(html, subtype="html", cte="quoted-printable")
    # After the parts: they do away with what describes the content.
    message["Content-Language"] = current_language()
    return message.as_bytes()


@dataclass(frozen=True, slots=True)
class Parts:
    """What the reader of a message reads."""

    subject: str
    text: str
    html: str


def parts_of(message: bytes) -> Parts:
    """Return the parts of a message that `compose` made."""
    parsed = message_from_bytes(message, EmailMessage, policy=default)
    return Parts(str(parsed["Subject"]), _part(parsed, "plain"), _part(parsed, "html"))


def _part(message: EmailMessage, kind: str) -> str:
    part = message.get_body((kind,))
    assert part is not None
    return str(part.get_content()).replace("\r\n", "\n")


def _wrap(text: str) -> str:
    return fill(text, _WIDTH, break_long_words=False, break_on_hyphens=False)
