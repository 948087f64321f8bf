"""How far telling those concerned is, in words, and what is to be done about it (B3; GDPR Article 34)."""

from collections.abc import Callable, Mapping
from typing import Any

from upguide.features.breaches.on_list import (
    DUE,
    MORE,
    NEW,
    PRACTISED,
    TOLD,
    UNREACHED,
    UNSURE,
    WAITING,
    Concerned,
    ListCounts,
)
from upguide.features.breaches.queries import BreachView, TextLine
from upguide.features.breaches.words import LANGUAGES
from upguide.i18n import format_datetime, ngettext
from upguide.i18n import gettext as _
from upguide.i18n import lazy_gettext as _l
from upguide.i18n.messages import LazyString

# What stands behind the groups of the list, one person's and those of many.
UNREACHED_WORDS: Mapping[str, LazyString] = {
    "refused": _l("Not reached: their mailbox refused the letter"),
    "failed": _l("Not reached: the letter did not arrive within a day"),
    "unwritten": _l("Not sent: the letter could not be written"),
}
GROUP_WORDS: Mapping[str, Callable[[int], str]] = {
    NEW: lambda many: ngettext(
        "%(num)s person was not written to yet.", "%(num)s persons were not written to yet.", many
    ),
    WAITING: lambda many: ngettext(
        "%(num)s letter is on its way to the mail server.", "%(num)s letters are on their way to the mail server.", many
    ),
    MORE: lambda many: ngettext(
        "%(num)s was told before all of it was known.", "%(num)s were told before all of it was known.", many
    ),
    UNREACHED: lambda many: ngettext(
        "%(num)s was not reached by the last letter.", "%(num)s were not reached by the last letter.", many
    ),
    UNSURE: lambda many: ngettext(
        "Of %(num)s letter nobody knows whether it arrived.",
        "Of %(num)s letters nobody knows whether they arrived.",
        many,
    ),
    PRACTISED: lambda many: ngettext(
        "A letter would have gone to %(num)s of them.", "A letter would have gone to %(num)s of them.", many
    ),
}
# What the page that sends asks: to whom.
OFFERS: Mapping[str, Callable[[int], str]] = {
    NEW: lambda many: ngettext(
        "%(num)s person who was not written to yet", "%(num)s persons who were not written to yet", many
    ),
    MORE: lambda many: ngettext(
        "%(num)s person who was told before all of it was known: the letter says so",
        "%(num)s persons who were told before all of it was known: the letter says so",
        many,
    ),
    UNREACHED: lambda many: ngettext(
        "%(num)s person whom the last letter did not reach", "%(num)s persons whom the last letter did not reach", many
    ),
    UNSURE: lambda many: ngettext(
        "%(num)s person who may have had the last letter", "%(num)s persons who may have had the last letter", many
    ),
}


def told_words(of: BreachView, counts: ListCounts) -> dict[str, Any]:
    """Return what a page says of the letters: how far they are, what to do, and what the button to more is called."""
    opening = ngettext("%(num)s person stands on the list.", "%(num)s persons stand on the list.", counts.on_list)
    says = []
    if counts.on_list and not of.exercise:
        says.append(
            ngettext(
                "%(num)s was told: the mail server took their letter.",
                "%(num)s were told: the mail server took their letter.",
                counts.told,
            )
        )
    says += [words(counts.of(group)) for group, words in GROUP_WORDS.items() if counts.of(group)]
    if counts.removed:
        says.append(ngettext("%(num)s was taken off it.", "%(num)s were taken off it.", counts.removed))
    return {"opening": opening, "says": says, "todo": _todo(counts), "more_label": _button(counts)}


def _todo(counts: ListCounts) -> list[str]:
    todo = []
    if counts.of(UNREACHED):
        todo.append(
            _(
                "Send again to those whom the letter did not reach, or reach them in another way. Where that would "
                "take too much, tell them by a public message that informs them just as well (Article 34(3)(c)), and "
                "write under Measures how it was done."
            )
        )
    if counts.of(UNSURE):
        todo.append(_("Where nobody knows whether a letter arrived, a second one does less harm than none."))
    if counts.of(MORE):
        todo.append(_("Whoever was told before all of it was known gets a supplement: change the letter, and send it."))
    return todo


def _button(counts: ListCounts) -> str:
    many = counts.of(*DUE)
    if not many:
        return ""
    if many == counts.on_list:
        return _("Send the letters")
    return ngettext("Send to %(num)s more", "Send to %(num)s more", many)


def untold(counts: ListCounts) -> int:
    """Return how many still wait for a letter, or were not asked about: a breach is not done before they are."""
    return counts.of(NEW, WAITING, MORE)


def letters_ready(lines: list[TextLine]) -> bool:
    """Tell whether the letter is frozen in each language."""
    return {line.language for line in lines if line.kind == "letter" and line.phase} == set(LANGUAGES["letter"])


def row_words(one: Concerned) -> str:
    """Return how far telling one person is."""
    if one.removed:
        return _("Taken off the list")
    group = one.group
    if group == UNREACHED:
        return str(UNREACHED_WORDS[str(one.letter)])
    told = format_datetime(one.told_at) if one.told_at else ""
    words: Mapping[str, Callable[[], str]] = {
        NEW: lambda: _("Not written to yet"),
        WAITING: lambda: _("The letter is on its way"),
        UNSURE: lambda: _("Nobody knows whether the letter arrived"),
        PRACTISED: lambda: _("Exercise: a letter would have gone"),
        MORE: lambda: _("Told on %(moment)s, before all of it was known", moment=told),
        TOLD: lambda: _("Told on %(moment)s", moment=told),
    }
    return words[group]()
