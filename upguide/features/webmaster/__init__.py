"""/webmaster: looking somebody up with a reason, blocking, roles, and how the system fares (clauses W9, D3)."""

from flask import Blueprint

blueprint = Blueprint("webmaster", __name__, url_prefix="/webmaster")
