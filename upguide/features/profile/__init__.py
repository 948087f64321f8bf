"""A person's own profile: every item, who sees it, who entered it; change, hide and remove (P4, F1, W11)."""

from flask import Blueprint

from . import converters

blueprint = Blueprint("profile", __name__, url_prefix="/profile")
blueprint.record_once(converters.install)
