"""Every table. Importing this package registers all of them."""

from .account import Credential, Registration, Session, Token
from .base import Erase, KeepUntil, OfPerson, Part, Sever, TenantOwned, items_of, personal, technical
from .mail import Mail
from .membership import Membership, NameWord
from .person import Address, Employer, Person, PersonKey, Phone, Photo, Professional
from .privacy import Consent, Entry, HiddenItem, JournalEntry
from .rights import Erasure, Export, FileToRemove
from .roles import RoleGrant, Signature
from .second_factors import Passkey, RecoveryCode, Totp
from .throttle import ThrottleHit

__all__ = [
    "Address",
    "Consent",
    "Credential",
    "Employer",
    "Entry",
    "Erase",
    "Erasure",
    "Export",
    "FileToRemove",
    "HiddenItem",
    "JournalEntry",
    "KeepUntil",
    "Mail",
    "Membership",
    "NameWord",
    "OfPerson",
    "Part",
    "Passkey",
    "Person",
    "PersonKey",
    "Phone",
    "Photo",
    "Professional",
    "RecoveryCode",
    "Registration",
    "RoleGrant",
    "Session",
    "Sever",
    "Signature",
    "TenantOwned",
    "ThrottleHit",
    "Token",
    "Totp",
    "items_of",
    "personal",
    "technical",
]
