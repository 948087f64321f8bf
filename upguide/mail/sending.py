"""Sending begins here: the message is written, sealed and queued in the transaction of what it tells of."""

from datetime import UTC, datetime
from uuid import UUID, uuid4

from upguide.i18n import locale_for, use_locale
from upguide.jobs import AnySession, defer
from upguide.models.mail import Mail
from upguide.tenancy import Tenant

from .delivery import deliver_mail
from .letters import LETTERS
from .message import ascii_where_possible, compose
from .sealed import Envelope, close


def send(
    session: AnySession,
    kind: str,
    to: str,
    tenant: Tenant,
    locale: str,
    person_id: UUID | None = None,
    **values: object,
) -> UUID:
    """Send a message when, and only when, the transaction of `session` commits; return its identity.

    `kind` is the name of a function in `letters`, whose parameters `values` are (`portal` is filled in).
    `locale` is the reader's language, or a locale: the portal's form of address is always its own.
    Raises KeyError for an unknown kind, TypeError where `values` do not fit it, ValueError for what is not
    one mail address.
    """
    language = locale.partition("@")[0]
    recipient = ascii_where_possible(to)
    mail_id, made_at = uuid4(), datetime.now(UTC)
    message_id = f"<{mail_id}@{tenant.hosts[0]}>"
    with use_locale(locale_for(language, tenant)):
        letter = LETTERS[kind](**{"portal": tenant.name, **values})
        message = compose(letter, tenant, recipient, message_id, made_at)
    session.add(
        Mail(
            id=mail_id,
            tenant_id=tenant.slug,
            person_id=person_id,
            kind=kind,
            language=language,
            message_id=message_id,
            made_at=made_at,
            **close(mail_id, person_id, Envelope(recipient, message)),
        )
    )
    defer(session, deliver_mail, tenant=tenant.slug, mail_id=mail_id)
    return mail_id
