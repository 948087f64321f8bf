"""Who sees one value: worked out by the rule that shows it (`sight.look`), so that a chip says what is so."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from uuid import UUID

from upguide.i18n import lazy_gettext as _l
from upguide.i18n.messages import LazyString
from upguide.policy.items import CATALOGUE, Item
from upguide.policy.sees import PAST_HIDING, Relation, Setting

from .show import EnteredBy
from .sight import Eyes, Provenance, Sight, cells, look

# Stand-ins for the people of a look: the rule compares identities and asks no more of them.
_PERSON, _SOMEBODY, _ORGANISATION = UUID(int=1), UUID(int=2), UUID(int=3)
_PROVENANCE = {
    None: Provenance(),
    EnteredBy.PERSON: Provenance(entered_by=_PERSON),
    EnteredBy.SOMEBODY_ELSE: Provenance(entered_by=_SOMEBODY),
    EnteredBy.ORGANISATION: Provenance(entered_by=_SOMEBODY, on_behalf_of=_ORGANISATION),
}
_ANYBODY = Eyes()
_WHO_ENTERED = Eyes(_SOMEBODY, frozenset({_ORGANISATION}))

# These exist only while the card is active, or listed: whoever asks says whether they do.
CONDITIONAL = frozenset({Relation.PROFESSIONAL_CARD, Relation.PUBLIC_LISTING})

ONLY_YOU = _l("Only you")
HIDDEN = _l("Hidden from other users")
UNREADABLE = _l("Nobody can read it")
_MEMBERS = {
    frozenset({Setting.SEARCH, Setting.PAGE}): _l("All members"),
    frozenset({Setting.PAGE}): _l("All members, not in search"),
    frozenset({Setting.CONTENT}): _l("All members, with questions"),
    frozenset({Setting.SEARCH}): _l("All members, in search"),
}
_EVERY_WAY = _l("All members, everywhere")
_OTHERS = {
    Relation.PUBLIC_LISTING: _l("Everybody, also signed out"),
    Relation.PROFESSIONAL_CARD: _l("All members, on your professional card"),
    Relation.CONNECTION: _l("Your connections"),
    Relation.COACH: _l("Your coach"),
    Relation.SUPERVISOR: _l("Your supervisor"),
    Relation.SUPERVISOR_OF_SHARED: _l("Your coach's supervisor, if shared"),
    Relation.EXPERT: _l("Experts, with questions"),
    Relation.ADMINISTRATOR: _l("Your organisation"),
}
_CONNECTION_WHO_ENTERED = _l("The connection who entered it")
_ENTERED = {
    Relation.CONNECTION: _CONNECTION_WHO_ENTERED,
    # A coach is a connection too.
    Relation.COACH: _CONNECTION_WHO_ENTERED,
    Relation.ADMINISTRATOR: _l("The organisation that entered it"),
}


@dataclass(frozen=True, slots=True)
class Audience:
    """One chip: who sees a value, or that it is hidden."""

    label: LazyString
    hidden: bool = False


@cache
def audience(
    item: Item,
    *,
    hidden: bool = False,
    entered_by: EnteredBy | None = EnteredBy.PERSON,
    standing: frozenset[Relation] = frozenset(),
) -> tuple[Audience, ...]:
    """Return who sees a value of `item`, the widest first; "only you" where nobody else does.

    `entered_by` says whose value stands, `standing` which of the `CONDITIONAL` relations hold now. Webmaster
    and officer are left out: what they may do is the same for every value, and said once on the page (W8, W9).
    """
    if CATALOGUE[item].secret:
        return (Audience(UNREADABLE, hidden=True),)
    if hidden:
        return (Audience(HIDDEN, hidden=True),)
    labels = dict.fromkeys(_labels(item, _PROVENANCE[entered_by], standing))
    return tuple(Audience(label) for label in labels) or (Audience(ONLY_YOU),)


def _labels(item: Item, provenance: Provenance, standing: frozenset[Relation]) -> Iterator[LazyString]:
    if Relation.PUBLIC_LISTING in standing and _where(item, Relation.PUBLIC_LISTING, provenance, _ANYBODY):
        yield _OTHERS[Relation.PUBLIC_LISTING]
        return
    members = _where(item, Relation.MEMBER, provenance, _ANYBODY)
    if members:
        yield _MEMBERS.get(members, _EVERY_WAY)
    for relation, label in _OTHERS.items():
        if relation is Relation.PUBLIC_LISTING or (relation in CONDITIONAL and relation not in standing):
            continue
        # Whoever is anything to the person is a member too.
        if _where(item, relation, provenance, _ANYBODY) - members:
            yield label
        elif relation in _ENTERED and _where(item, relation, provenance, _WHO_ENTERED) - members:
            yield _ENTERED[relation]


def _where(item: Item, relation: Relation, provenance: Provenance, eyes: Eyes) -> frozenset[Setting]:
    """Return the settings in which somebody in `relation`, with these eyes, is shown a value of `item`."""
    return frozenset(
        setting
        for setting in Setting
        if look(
            cells(frozenset({relation}), setting).get(item, ()),
            item=item,
            hidden=False,
            provenance=provenance,
            eyes=eyes,
        )
        is Sight.SHOWN
    )


# Nobody else than these may be left out of the chips; a new relation needs a label.
UNLABELLED = PAST_HIDING | {Relation.MEMBER}
if set(_OTHERS) | UNLABELLED != set(Relation):
    raise RuntimeError("upguide/privacy/audience.py: every relation of the policy needs words for its chip")
