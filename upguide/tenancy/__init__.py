"""Which portal a request is for: portals are folders of data, and the Host header chooses among them."""

from flask import Flask

from upguide.config import Settings
from upguide.tenancy import hosts
from upguide.tenancy.branding import LANGUAGES, MODULES, Match, Tenant, Tenants, read_tenants
from upguide.tenancy.faults import BrandingError, Fault
from upguide.tenancy.hosts import all_tenants, current_tenant, find_tenant
from upguide.tenancy.proxies import ProxyGate, client_address

__all__ = [
    "LANGUAGES",
    "MODULES",
    "BrandingError",
    "Fault",
    "Match",
    "Tenant",
    "Tenants",
    "all_tenants",
    "client_address",
    "current_tenant",
    "find_tenant",
    "install",
    "read_tenants",
]


def install(app: Flask) -> Tenants:
    """Read the portals that the settings name; put both gates around `app`, proxies outermost, then hosts.

    Raises:
        BrandingError: when a portal's folder has a fault.
    """
    settings: Settings = app.config["UPGUIDE"]
    tenants = read_tenants(settings.tenants_folder)
    hosts.install(app, tenants, development=settings.development)
    app.wsgi_app = ProxyGate(app.wsgi_app, settings.trusted_proxies)  # type: ignore[method-assign]
    return tenants
