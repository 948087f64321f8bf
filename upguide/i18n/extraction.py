"""Collects the messages of code and templates, and keeps the catalogues in step with them."""

from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.frontend import parse_keywords, parse_mapping_cfg
from babel.messages.pofile import write_po

from .catalogues import LOCALES, TRANSLATIONS, po_file, read_catalogue

ROOT = TRANSLATIONS.parent
TEMPLATE = TRANSLATIONS / "messages.pot"
KEYWORDS = parse_keywords(
    ["_", "_l", "N_", "gettext", "lazy_gettext", "pgettext:1c,2", "ngettext:1,2", "npgettext:1c,2,3"]
)
NAMES = tuple(dict.fromkeys(name for names in LOCALES.values() for name in names))

_HEADER = """\
# {title}
msgid ""
msgstr ""
"Project-Id-Version: UpGuide\\n"
"Language: {language}\\n"
"MIME-Version: 1.0\\n"
"Content-Type: text/plain; charset=utf-8\\n"
"Content-Transfer-Encoding: 8bit\\n"
"Plural-Forms: nplurals=2; plural=(n != 1);\\n"

"""
_TITLES = {
    "nl": 'Dutch, to a reader whom we call "je".',
    "nl@formal": 'Only what reads differently to a reader whom we call "u"; all else comes from nl.',
}


def extract(root: Path = ROOT) -> Catalog:
    """Collect every message below `root`, by translations/babel.cfg. Unreadable templates raise."""
    with (TRANSLATIONS / "babel.cfg").open(encoding="utf-8") as file:
        methods, options = parse_mapping_cfg(file)  # type: ignore[no-untyped-call]
    found = Catalog(locale="en", fuzzy=False)
    for filename, _line, message, comments, context in extract_from_dir(
        root, methods, options, KEYWORDS, ("Translators:",), strip_comment_tags=True
    ):
        del filename  # places would change the catalogue with every edit of the code
        found.add(message, auto_comments=comments, context=context)
    return found


def merged(name: str, template: Catalog) -> Catalog:
    """Return the catalogue `name` with exactly the messages of `template`.

    New ones are empty and never guessed. The formal overlay keeps what it has and gains nothing.
    """
    catalog = read_catalogue(po_file(name)) if po_file(name).exists() else Catalog(locale="nl")
    kept = {key_of(message): message for message in catalog if message.id}
    result = Catalog(locale="nl", fuzzy=False)
    for message in template:
        if not message.id:
            continue
        old = kept.get(key_of(message))
        if old or "@" not in name:
            _add(result, message, old)
    return result


def written(catalog: Catalog, name: str | None = None) -> str:
    """Return `catalog` as a .po file (the template, if it has no name): sorted, without places or dates."""
    body = BytesIO()
    write_po(body, catalog, width=110, no_location=True, omit_header=True, sort_output=True)
    title = _TITLES[name] if name else "Every message of code and templates, in English."
    header = _HEADER.format(title=title, language=name or "en")
    return header + body.getvalue().decode().rstrip("\n") + "\n"


def files(template: Catalog) -> dict[Path, str]:
    """Return what each file below translations/ should hold, given the messages there are."""
    return {TEMPLATE: written(template)} | {po_file(name): written(merged(name, template), name) for name in NAMES}


def _add(catalog: Catalog, message: Message, old: Message | None) -> None:
    string = old.string if old else None
    catalog.add(
        message.id,
        string,
        flags=[*message.flags, *(["fuzzy"] if old and old.fuzzy else [])],
        auto_comments=message.auto_comments,
        user_comments=old.user_comments if old else (),
        context=message.context,
    )


def key_of(message: Message) -> tuple[str, str | None]:
    """Return what tells messages apart: their (singular) English text, and their context."""
    return (message.id if isinstance(message.id, str) else message.id[0], message.context)
