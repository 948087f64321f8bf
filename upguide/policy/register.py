"""The words of the register of processing activities around what the catalogue says itself (GDPR Art. 30)."""

from .purposes import Purpose
from .statement import CONTROLLER, HELP_DESK
from .words import N_

CONTACT = f"{CONTROLLER}, {HELP_DESK}"

# Categories of data subjects, by purpose.
SUBJECTS: dict[Purpose, str] = dict.fromkeys(Purpose, N_("Everybody with an account")) | {
    Purpose.ADMINISTRATION: N_("Customers, and who acts for them"),
    Purpose.ACCOUNTABILITY: N_("Everybody with an account; whoever reports a data breach"),
}
# Categories of recipients (Art. 30(1)(d)).
RECIPIENTS = (
    N_("Other people on the portals, as the table of who sees what has it"),
    N_("The parties that store the data and send the mails for us, under a processor agreement"),
    N_("The supervisory authority, where a law asks it"),
)
TRANSFERS = N_("None outside the European Economic Area")
# What is done for organisations, on their instructions (Art. 30(2)(b)).
PROCESSED_FOR = N_("Organisations and professionals that guide people on a portal, each under a processor agreement")
PROCESSED = (
    N_("Keeping what their administrators enter about participants, until the person changes or removes it"),
    N_("Keeping the trajectories that they run, with goals, progress and correspondence"),
    N_("Sending messages to participants in their name"),
)
# Technical and organisational measures (Art. 30(1)(g) and 32).
MEASURES = (
    N_("Row-level security in the database keeps portals and persons apart, whatever a program asks."),
    N_("What is most private is encrypted under a key of the person, which is destroyed with the account."),
    N_("Passwords are kept as argon2id hashes; officers and webmasters need a second factor."),
    N_("Each look beyond what members see of each other is journalled, with its reason, and shown to the person."),
    N_("Officers and webmasters sign a duty of confidentiality, and see nothing without it."),
    N_("Nothing is loaded from others: no fonts, no scripts, no counters."),
    N_("A restored backup forgets again whoever went, before it serves anybody."),
    N_("Every promise of the privacy statement has tests, and the software is not released when one fails."),
)
