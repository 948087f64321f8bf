"""Countries stand where a reader looks for them."""

from upguide.i18n import use_locale
from upguide.i18n.countries import countries


def names_of(locale: str) -> list[str]:
    with use_locale(locale):
        return [name for _code, name in countries()]


def test_nearest_countries_stand_first() -> None:
    assert names_of("nl")[:4] == ["Nederland", "België", "Duitsland", "Afghanistan"]
    assert names_of("en")[:4] == ["Netherlands", "Belgium", "Germany", "Afghanistan"]


def test_capitals_and_accents_do_not_move_a_country() -> None:
    names = names_of("nl")
    assert names[names.index("Ierland") :][:2] == ["Ierland", "IJsland"]
    assert names[names.index("Åland") :][:2] == ["Åland", "Albanië"]
    assert names[-1] == "Zwitserland"
