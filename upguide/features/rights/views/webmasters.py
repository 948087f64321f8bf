"""/my-data/webmasters: what webmasters did to the account, and why, in their own words (W9)."""

from dataclasses import dataclass

from upguide.access import requires
from upguide.database.appoint import REASON as AT_THE_COMMAND_LINE
from upguide.extensions import db
from upguide.features.rights import blueprint, queries
from upguide.i18n import format_datetime
from upguide.i18n import gettext as _
from upguide.i18n import lazy_gettext as _l
from upguide.policy.permissions import Permission, Role

from .common import me, page

ACTS = {
    "look": _l("A webmaster opened your data"),
    "block": _l("A webmaster blocked your account"),
    "release": _l("A webmaster released your account"),
    "remove_factors": _l("A webmaster removed your second step at sign-in"),
    "appoint": _l("You were appointed"),
    "ask_dismissal": _l("A webmaster asked to end your role"),
    "dismiss": _l("Your role was ended"),
}
ROLES = {Role.WEBMASTER.value: _l("Webmaster"), Role.OFFICER.value: _l("Data-protection officer")}


@dataclass(frozen=True, slots=True)
class Line:
    """One act in words; `role_name` where it was about one."""

    moment: str
    what: str
    role_name: str
    why: str


@blueprint.get("/my-data/webmasters")
@requires(Permission.OWN_DATA)
def webmasters() -> str:
    """Show the latest of what webmasters did to the person, with the reason of each."""
    lines = [
        Line(
            format_datetime(one.done_at), str(ACTS[one.act]), str(ROLES[one.role]) if one.role else "", _why(one.reason)
        )
        for one in queries.acts_on(db.session(), me())
    ]
    return page("rights/webmasters.html", lines=lines, most=queries.ACTS_SHOWN)


def _why(reason: str) -> str:
    return _("By the owner, at the command line.") if reason == AT_THE_COMMAND_LINE else reason
