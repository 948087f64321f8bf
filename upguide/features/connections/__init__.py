"""Connections between members, and accounts that one makes for somebody else (clause W5)."""

from flask import Blueprint

blueprint = Blueprint("connections", __name__, url_prefix="/connections")
