"""Every table. Importing this package registers all of them."""

from .account import Credential, Registration, Session, Token
from .agreements import Act, AgreementReminder
from .base import Apart, Erase, KeepUntil, OfPerson, Part, Sever, TenantOwned, items_of, personal, technical
from .breaches import Breach, BreachChange, BreachConcerned, BreachMail, BreachReport, BreachText
from .connections import Block, Connection, MadeAccount
from .mail import Mail
from .membership import Membership, NameWord
from .notices import Notice, NoticeChoice, QuietHours
from .oversight import AccessAsk, AccessPerson, OfficerAccess
from .person import Address, Employer, Person, PersonKey, Phone, Photo, PhotoDraft, Professional
from .privacy import Consent, Entry, HiddenItem, JournalEntry, RepeatedSearch
from .requests import ConsentWithdrawal, DataRequest, Limit
from .retention import RetentionRun, RetentionTally, RetentionWarning
from .rights import Erasure, Export, FileToRemove, LedgerMark
from .roles import RoleChange, RoleGrant, Signature
from .second_factors import Passkey, RecoveryCode, Totp
from .statement import StatementNotice
from .throttle import ThrottleHit

__all__ = [
    "AccessAsk",
    "AccessPerson",
    "Act",
    "Address",
    "AgreementReminder",
    "Apart",
    "Block",
    "Breach",
    "BreachChange",
    "BreachConcerned",
    "BreachMail",
    "BreachReport",
    "BreachText",
    "Connection",
    "Consent",
    "ConsentWithdrawal",
    "Credential",
    "DataRequest",
    "Employer",
    "Entry",
    "Erase",
    "Erasure",
    "Export",
    "FileToRemove",
    "HiddenItem",
    "JournalEntry",
    "KeepUntil",
    "LedgerMark",
    "Limit",
    "MadeAccount",
    "Mail",
    "Membership",
    "NameWord",
    "Notice",
    "NoticeChoice",
    "OfPerson",
    "OfficerAccess",
    "Part",
    "Passkey",
    "Person",
    "PersonKey",
    "Phone",
    "Photo",
    "PhotoDraft",
    "Professional",
    "QuietHours",
    "RecoveryCode",
    "Registration",
    "RepeatedSearch",
    "RetentionRun",
    "RetentionTally",
    "RetentionWarning",
    "RoleChange",
    "RoleGrant",
    "Session",
    "Sever",
    "Signature",
    "StatementNotice",
    "TenantOwned",
    "ThrottleHit",
    "Token",
    "Totp",
    "items_of",
    "personal",
    "technical",
]
