"""Messages at rest: each is sealed under a key of its own; who reads the table reads no mail (P5)."""

from dataclasses import dataclass
from typing import TypedDict
from uuid import UUID

from flask import current_app

from upguide.config import Settings
from upguide.security.sealing import Sealer, context, seal, unseal, unseal_bytes


@dataclass(frozen=True, slots=True)
class Envelope:
    """For whom a message is, and the message as it will be sent, headers included."""

    recipient: str
    message: bytes


class SealedEnvelope(TypedDict):
    """The columns of `mails` that hold an envelope."""

    wrapped_key: bytes
    recipient: bytes
    message: bytes


def close(mail_id: UUID, person_id: UUID | None, envelope: Envelope) -> SealedEnvelope:
    """Return the envelope under a new key, bound to the message `mail_id` and to whom it is for, where known."""
    sealer, owner = _sealer(), person_id or mail_id
    wrapped_key = sealer.new_wrapped_key(owner)
    key = sealer.unwrap(wrapped_key, owner)
    return SealedEnvelope(
        wrapped_key=wrapped_key,
        recipient=seal(key, envelope.recipient, context("mails.recipient", mail_id)),
        message=seal(key, envelope.message, context("mails.message", mail_id)),
    )


def open_envelope(
    mail_id: UUID, person_id: UUID | None, wrapped_key: bytes, recipient: bytes, message: bytes
) -> Envelope:
    """Return what `close` closed. Raises SealBroken where anything was changed, or the key is gone."""
    key = _sealer().unwrap(wrapped_key, person_id or mail_id)
    return Envelope(
        unseal(key, recipient, context("mails.recipient", mail_id)),
        unseal_bytes(key, message, context("mails.message", mail_id)),
    )


def _sealer() -> Sealer:
    settings: Settings = current_app.config["UPGUIDE"]
    return Sealer(settings.secret_keys)
