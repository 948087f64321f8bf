"""Every table. Importing this package registers all of them."""

from .account import Credential, Registration, Session, Token
from .base import OfPerson, TenantOwned, items_of, personal, technical
from .mail import Mail
from .membership import Membership, NameWord
from .person import Address, Employer, Person, PersonKey, Phone, Photo, Professional
from .privacy import Consent, Entry, HiddenItem, JournalEntry
from .roles import RoleGrant, Signature
from .throttle import ThrottleHit

__all__ = [
    "Address",
    "Consent",
    "Credential",
    "Employer",
    "Entry",
    "HiddenItem",
    "JournalEntry",
    "Mail",
    "Membership",
    "NameWord",
    "OfPerson",
    "Person",
    "PersonKey",
    "Phone",
    "Photo",
    "Professional",
    "Registration",
    "RoleGrant",
    "Session",
    "Signature",
    "TenantOwned",
    "ThrottleHit",
    "Token",
    "items_of",
    "personal",
    "technical",
]
