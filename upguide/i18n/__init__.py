"""Languages: messages, formats and the templates that they are folded into. Imports nothing else of ours."""

from .environments import (
    add_global,
    compile_all,
    reload_changed_templates,
    render,
    render_text,
    set_attribute_guard,
)
from .formats import format_date, format_datetime, format_list, format_number, format_percent, format_time
from .forms import FormTranslations
from .locales import (
    choose_language,
    current_language,
    current_locale,
    locale_for,
    set_locale,
    use_locale,
)
from .messages import LazyString, gettext, lazy_gettext, ngettext, pgettext

_l = lazy_gettext

__all__ = [
    "FormTranslations",
    "LazyString",
    "_l",
    "add_global",
    "choose_language",
    "compile_all",
    "current_language",
    "current_locale",
    "format_date",
    "format_datetime",
    "format_list",
    "format_number",
    "format_percent",
    "format_time",
    "gettext",
    "lazy_gettext",
    "locale_for",
    "ngettext",
    "pgettext",
    "reload_changed_templates",
    "render",
    "render_text",
    "set_attribute_guard",
    "set_locale",
    "use_locale",
]
