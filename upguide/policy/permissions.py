"""THE table of what somebody may do: a permission is one named predicate over who is asking."""

from collections.abc import Callable, Mapping
from enum import Enum
from typing import Protocol


class Role(Enum):
    """What a person was appointed to, on all portals."""

    WEBMASTER = "webmaster"
    OFFICER = "officer"


class AgreementKind(Enum):
    """What somebody must have signed, in its current version, before data is shown to them (D3, W4, W9)."""

    CONFIDENTIALITY = "confidentiality"
    PROCESSOR = "processor"
    STATEMENT = "statement"
    SUPERVISION = "supervision"


class Asker(Protocol):
    """What a predicate may look at."""

    @property
    def signed_in(self) -> bool: ...
    @property
    def member(self) -> bool: ...
    @property
    def pin_needed(self) -> bool: ...
    @property
    def second_factor_needed(self) -> bool: ...
    @property
    def second_factor(self) -> bool: ...
    @property
    def blocked(self) -> bool: ...
    @property
    def roles(self) -> frozenset[Role]: ...
    @property
    def signed(self) -> frozenset[AgreementKind]: ...


class Permission(Enum):
    """What may be done. Every endpoint names one, or says why it is public."""

    __hash__ = object.__hash__  # members are single objects; Enum's own hash is slow, and pages ask it often

    ENTER_PIN = "enter_pin"
    ENTER_SECOND_FACTOR = "enter_second_factor"
    JOIN = "join"
    OWN_DATA = "own_data"
    BE_MEMBER = "be_member"
    SEARCH_PEOPLE = "search_people"
    LOOK_UP = "look_up"
    SIGN = "sign"
    OVERSEE = "oversee"
    ADMINISTER = "administer"
    HANDLE_BREACHES = "handle_breaches"
    ANSWER_REQUESTS = "answer_requests"


def half_signed_in(asker: Asker) -> bool:
    return asker.signed_in


def past_the_pin(asker: Asker) -> bool:
    return asker.signed_in and not asker.pin_needed


def fully_signed_in(asker: Asker) -> bool:
    return past_the_pin(asker) and not asker.second_factor_needed


def not_blocked(asker: Asker) -> bool:
    """Say who may do more than look after their own data: a webmaster may take that away (`persons.blocked_at`)."""
    return fully_signed_in(asker) and not asker.blocked


def twice_proven(asker: Asker) -> bool:
    """Say who gave a second factor in this session: asked of those who may see much of others."""
    return not_blocked(asker) and asker.second_factor


def a_member(asker: Asker) -> bool:
    return not_blocked(asker) and asker.member


def an_appointed_one(asker: Asker) -> bool:
    return twice_proven(asker) and bool(asker.roles)


def _bound(asker: Asker, role: Role) -> bool:
    """Say who has a role and signed, in its current version, to keep silent (D3)."""
    return twice_proven(asker) and role in asker.roles and AgreementKind.CONFIDENTIALITY in asker.signed


def a_bound_webmaster(asker: Asker) -> bool:
    return _bound(asker, Role.WEBMASTER)


def a_bound_officer(asker: Asker) -> bool:
    return _bound(asker, Role.OFFICER)


def one_of_the_bound(asker: Asker) -> bool:
    return a_bound_webmaster(asker) or a_bound_officer(asker)


PERMISSIONS: Mapping[Permission, Callable[[Asker], bool]] = {
    Permission.ENTER_PIN: half_signed_in,
    Permission.ENTER_SECOND_FACTOR: past_the_pin,
    Permission.JOIN: not_blocked,
    # P7: rights stay within reach of somebody without any membership, restricted or blocked.
    Permission.OWN_DATA: fully_signed_in,
    Permission.BE_MEMBER: a_member,
    Permission.SEARCH_PEOPLE: a_member,
    Permission.LOOK_UP: a_bound_webmaster,
    # What one must have signed to see anything can be signed before anything is seen.
    Permission.SIGN: an_appointed_one,
    Permission.OVERSEE: a_bound_officer,
    Permission.ADMINISTER: a_bound_webmaster,
    Permission.HANDLE_BREACHES: one_of_the_bound,
    # The officer's work; the gate shows a webmaster only what no officer can answer (`gate.may_answer`).
    Permission.ANSWER_REQUESTS: one_of_the_bound,
}


def may(asker: Asker, permission: Permission) -> bool:
    """Tell whether `asker` has `permission`; a permission that is not in the table raises KeyError."""
    return PERMISSIONS[permission](asker)
