"""How people get in, and keep others out: register, sign in, second lock, forgotten password, security."""

from flask import Blueprint

blueprint = Blueprint("accounts", __name__)
