"""Data breaches (clauses B1-B3; GDPR Articles 33 and 34): anybody reports one, officers and webmasters handle it."""

from flask import Blueprint

blueprint = Blueprint("breaches", __name__)
