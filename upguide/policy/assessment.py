"""When a data-protection impact assessment is needed: the nine criteria of the European guidelines (WP 248 rev. 01).

GDPR Art. 35(1) and (3). Two criteria or more mean, in most cases, that one must be made.
"""

from .words import N_

ENOUGH = 2
CRITERIA = (
    (
        N_("Evaluation or scoring"),
        N_("Are people judged, ranked or profiled: their work, health, behaviour, interests?"),
    ),
    (
        N_("Automated decisions"),
        N_("Does a program decide, without a human, on something with legal or similar effect for somebody?"),
    ),
    (N_("Systematic monitoring"), N_("Are people watched or followed, perhaps without knowing it?")),
    (
        N_("Sensitive data"),
        N_("Is it about health, belief, origin, politics, orientation, crime, money, or is it highly personal?"),
    ),
    (N_("Large scale"), N_("Are there many persons, much data, a long time or a large area?")),
    (
        N_("Matching or combining"),
        N_("Is data brought together that was collected for different purposes, or by different parties?"),
    ),
    (
        N_("Vulnerable people"),
        N_("Can they hardly refuse: children, employees, patients, people who depend on a benefit?"),
    ),
    (N_("New technology"), N_("Is something used in a new way, of which the effects are not known yet?")),
    (
        N_("Keeping people from something"),
        N_("Does it decide whether somebody can use a right, a service or a contract?"),
    ),
)
