"""The data-protection officer's work: attended access, who saw what, the register, and whether all is kept (W8, A2)."""

from flask import Blueprint

blueprint = Blueprint("oversight", __name__)
