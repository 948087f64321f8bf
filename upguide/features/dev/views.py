"""/dev/components: every component in every theme, light and dark, to be looked at while building."""

from flask import Blueprint, Response, make_response, request

from upguide.access import public
from upguide.i18n import render
from upguide.tenancy import all_tenants, current_tenant

from .forms import sample_form
from .samples import SAMPLES

blueprint = Blueprint("dev", __name__, url_prefix="/dev")
SCHEMES = ("light", "dark")


@blueprint.get("/components")
@public("development only, and nobody's data is on it")
def components() -> str:
    """Every component, in the theme and scheme that the address names, else in the portal's own and light."""
    tenants = list(all_tenants())
    asked = request.args.get("theme")
    theme = asked if asked in {tenant.slug for tenant in tenants} else current_tenant().slug
    scheme = "dark" if request.args.get("scheme") == "dark" else "light"
    return render(
        "dev/components.html",
        tenants=tenants,
        theme=theme,
        scheme=scheme,
        schemes=SCHEMES,
        form=sample_form(),
        samples=SAMPLES,
    )


@blueprint.get("/themes.css")
@public("development only, and a stylesheet holds nobody's data", stateless=True)
def themes() -> Response:
    """All themes at once, each for what stands in an element of its own class."""
    rules = [tenant.theme_css.replace(":root", f".theme-{tenant.slug}", 1) for tenant in all_tenants()]
    response = make_response("".join(rules))
    response.headers["Content-Type"] = "text/css; charset=utf-8"
    return response
