"""A person's rights, each a button (clauses P4c, P7): take along, erase, see who saw what, limit, object, ask."""

from flask import Blueprint

blueprint = Blueprint("rights", __name__)
