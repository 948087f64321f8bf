"""One visitor of our own server: signs in as a browser would, and says how long that took."""

import html
import re
import time
from dataclasses import dataclass, field
from http.client import HTTPConnection
from urllib.parse import urlencode

from upguide.commands._demo.cast import PASSWORD, SIGN_INS
from upguide.commands._demo.world import make_character
from upguide.extensions import db
from upguide.features.accounts.queries import mail_address_known
from upguide.tenancy import all_tenants

from .servers import OUR_ARGUMENTS, Server, serve
from .world import HOST, VAR, World, application, logs

CHARACTER = next(one for one in SIGN_INS if one.local_part == "member")
TOKEN = re.compile(r'name="csrf_token"[^>]* value="([^"]+)"')


@dataclass
class Visitor:
    """A browser with its cookies."""

    server: Server
    cookies: dict[str, str] = field(default_factory=dict)

    @property
    def headers(self) -> dict[str, str]:
        """What every request of this browser carries."""
        sent = {"Host": HOST, "Accept": "text/html", "Accept-Language": "nl", "Accept-Encoding": "gzip"}
        return {**sent, "Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items())}

    def sign_in(self) -> float:
        """Sign in, as a browser that comes for the first time; return the seconds that the answer to the form took."""
        self.cookies.clear()
        token = TOKEN.search(self._ask("GET", "/login"))
        if token is None:
            raise SystemExit(f"no form to sign in was found: see the logs in {VAR}")
        form = {"csrf_token": html.unescape(token[1]), "mail_address": CHARACTER.mail_address, "password": PASSWORD}
        started = time.perf_counter()
        self._ask("POST", "/login", urlencode(form))
        took = time.perf_counter() - started
        if 'href="/people/' not in self._ask("GET", "/people?q=jan"):
            raise SystemExit("signing in did not work: no page with members was found")
        return took

    def _ask(self, method: str, path: str, body: str | None = None) -> str:
        connection = HTTPConnection("127.0.0.1", self.server.port, timeout=30)
        headers = self.headers | {"Content-Type": "application/x-www-form-urlencoded", "Accept-Encoding": "identity"}
        connection.request(method, path, body, headers)
        answer = connection.getresponse()
        for cookie in answer.headers.get_all("Set-Cookie") or ():
            name, _, value = cookie.partition(";")[0].partition("=")
            self.cookies[name] = value
        text = answer.read().decode()
        connection.close()
        return text


def arrive(world: World) -> Visitor:
    """Return somebody signed in, who is made where they are missing; the session outlives the server."""
    with application(world).app_context():
        if not mail_address_known(db.session(), CHARACTER.mail_address):
            make_character(db.session(), all_tenants(), CHARACTER)
        db.session.remove()
        db.engine.dispose()
    with serve("arrival", OUR_ARGUMENTS, world.environment, logs("arrival")) as server:
        visitor = Visitor(server)
        visitor.sign_in()
    return visitor
