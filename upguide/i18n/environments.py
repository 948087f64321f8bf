"""One Jinja environment a locale, whose templates carry that locale's text. Works without a request."""

from collections.abc import Callable, Iterator, MutableMapping
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import BaseLoader, Environment, FileSystemLoader, StrictUndefined, nodes
from jinja2.utils import Namespace
from markupsafe import Markup

from .catalogues import LOCALES, Catalogue, catalogue
from .folding import filters, fold
from .locales import current_locale
from .watching import WATCHED, watch

TEMPLATES = Path(__file__).resolve().parents[2] / "templates"
EXTENSIONS = ("jinja2.ext.i18n",)

Guard = Callable[[Any, Any], None]

# These types themselves, not what is made of them: they hold nothing to ask about, and are most of what is printed.
_PLAIN = frozenset({str, Markup, int, bool, float, type(None)})

_globals: dict[str, Any] = {"namespace": Namespace, "range": range, "dict": dict}


def escapes(name: str | None) -> bool:
    """Tell whether a template's values are escaped: all are, but for plain text."""
    return name is None or not name.endswith(".txt")


class LocaleEnvironment(Environment):
    """Compiles templates with the messages of one locale folded in.

    Asks the guard about each attribute, and about whatever is printed, looped over, unpacked or filtered.
    """

    def __init__(self, words: Catalogue, loader: BaseLoader) -> None:
        super().__init__(
            loader=loader,
            extensions=EXTENSIONS,
            autoescape=escapes,
            finalize=self._printed,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
            auto_reload=False,
            cache_size=-1,
        )
        self.policies["ext.i18n.trimmed"] = True
        self.words = words
        self.globals = _globals
        self.filters |= {**filters(words), WATCHED: self._watched}

    def _parse(self, source: str, name: str | None, filename: str | None) -> nodes.Template:
        return watch(fold(super()._parse(source, name, filename), self.words))

    def make_globals(self, d: MutableMapping[str, Any] | None) -> MutableMapping[str, Any]:
        """Share the globals themselves where a template has none of its own: each import compares their names."""
        return super().make_globals(d) if d else self.globals

    @staticmethod
    def guard(owner: Any, name: Any) -> None:
        """Refuse nothing, until `set_attribute_guard` says what to refuse."""

    def getattr(self, obj: Any, attribute: str) -> Any:
        self.guard(obj, attribute)
        return super().getattr(obj, attribute)

    def getitem(self, obj: Any, argument: Any) -> Any:
        self.guard(obj, argument)
        return super().getitem(obj, argument)

    def _printed(self, value: Any) -> Any:
        if type(value) not in _PLAIN:
            self._ask(value)
        return value

    def _watched(self, value: Any) -> Any:
        if isinstance(value, Iterator):
            self.guard(value, "its values")
            return (self._printed(one) for one in value)
        return self._printed(value)

    def _ask(self, value: Any) -> None:
        self.guard(value, "its values")
        if isinstance(value, (list, tuple)):
            for one in value:
                if type(one) not in _PLAIN:
                    self._ask(one)


@cache
def environment(locale: str) -> LocaleEnvironment:
    """Return the environment of `locale`; raise `KeyError` for an unknown one."""
    return LocaleEnvironment(catalogue(locale), FileSystemLoader(TEMPLATES))


def render(template: str, /, **context: Any) -> str:
    """Render `template` in the current locale; raise `jinja2.TemplateNotFound` or `UndefinedError`."""
    return environment(current_locale()).get_template(template).render(context)


def render_text(template: str, /, **context: Any) -> str:
    """Render a plain text, such as a mail's text part, which nothing is escaped in. Its name ends in .txt."""
    if escapes(template):
        raise ValueError(f"{template} is not a .txt template")
    return render(template, **context)


def add_global(name: str, value: Any) -> None:
    """Make `value` known to all templates, in every locale, as `name`."""
    _globals[name] = value


def set_attribute_guard(guard: Guard) -> None:
    """Ask `guard(object, attribute)` before a template reads an attribute or item; it raises to refuse."""
    LocaleEnvironment.guard = staticmethod(guard)  # type: ignore[assignment]


def reload_changed_templates() -> None:
    """Look at each template's file before using it: for development."""
    for locale in LOCALES:
        environment(locale).auto_reload = True


def compile_all() -> int:
    """Compile every template in every locale, so that no visitor waits for it; return how many were."""
    count = 0
    for locale in LOCALES:
        env = environment(locale)
        for name in env.list_templates():
            env.get_template(name)
            count += 1
    return count
