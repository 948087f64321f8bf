"""Invented Dutch names, as mixed as the country's: first names, infixes and surnames that are combined at random."""

from functools import cache
from itertools import product
from random import Random

from upguide.privacy.names import Names


def _list(text: str) -> tuple[str, ...]:
    return tuple(text.split())


def happens(random: Random, chance: float) -> bool:
    """Tell whether something with this chance (from 0 to 1) happens now."""
    return random.random() < chance


WOMEN = _list(
    """
    Anna Emma Julia Sophie Lotte Sanne Femke Maud Fleur Iris Eva Noor Saar Roos Lieke Esmée Anouk Marieke Ingrid
    Wilhelmina Johanna Cornelia Hendrika Grietje Trijntje Aaltje Jantine Annelies Mirjam Hanneke Ria Corrie
    Wietske Fatma Aylin Zeynep Elif Samira Naima Khadija Soraya Farida Yasmina Shanti Priya Indra Rosalie Chantal
    Denise Nathalie Marlène Zoë Chloé Agnieszka Katarzyna Olga Mei Linh Ama Efua Shirley Xaviera Ruth Rachel
    Judith
    """
)
MEN = _list(
    """
    Jan Piet Kees Daan Sem Lucas Levi Bram Thijs Ruben Jesse Lars Stijn Sven Tim Niels Jeroen Martijn Bas Wouter
    Hendrik Johannes Cornelis Gerrit Willem Teun Sjoerd Douwe Tjeerd Harmen Joris Maarten Floris Gijs Koen Erik
    Mehmet Emre Yusuf Ahmed Mohamed Bilal Youssef Karim Omar Hamza Ravi Anil Dewan Marlon Glenn Winston Kwame Kofi
    José Miguel André René Łukasz Paweł Bogdan Wei Minh Tariq Ibrahim Elias Jonas Simon David Mattias Jurriën
    """
)
# Each with how often it occurs among a hundred surnames; the rest has none.
INFIXES = (
    ("van", 9),
    ("de", 8),
    ("van der", 5),
    ("van den", 3),
    ("van de", 2),
    ("ter", 1),
    ("den", 1),
    ("ten", 1),
    ("'t", 1),
)
PLACES = _list(
    """
    Berg Dijk Bos Meer Veen Linden Heide Velden Broek Brink Horst Laan Ploeg Wal Steen Poel Akker Hoek Wijk Kamp
    Donk Graaf Hout Kolk Maas Zanden Zande Putten Wiel Schans Molen Burg Heuvel Sluis Werf Ven Pol Weide Kerk Lee
    """
)
PLAIN = _list(
    """
    Jansen Visser Smit Meijer Mulder Bakker Hendriks Dekker Peters Jacobs Vermeulen Schouten Willems Hoekstra
    Koster Prins Huisman Kuipers Postma Veenstra Kramer Blom Maas Dijkstra Sikkema Wiersma Terpstra Bosma Zijlstra
    Yılmaz Öztürk Demir Kaya Şahin El-Amrani Bouzid Haddad Benali Chaoui Ramdin Jairam Kartosen Sastro Pinas
    Wijngaarde Nguyen Chen Li Kowalski Nowak Ivanova Müller Schröder Lefèvre Dubois García Núñez Ferreira Osei
    Mensah Abebe
    """
)
STARTS = _list(
    """
    Groen Oost West Noord Zuid Hoog Laag Rijn Water Zand Kraan Vogel Linde Eike Roze Zonne Sterre Wolf Hane Duin
    """
)
ENDS = _list(
    """
    veld huis man stra berg dam kamp wijk meijer laar burg broek hof bos wold beek horst ing steen dal
    """
)


@cache
def _surnames() -> tuple[str, ...]:
    """All surnames; those that come first are drawn more often."""
    return (*PLAIN, *(start + end for start, end in product(STARTS, ENDS)))


def invent(random: Random) -> tuple[Names, str]:
    """Return a name and the gender that goes with it, "woman" or "man"."""
    gender = random.choice(("woman", "man"))
    first = random.choice(WOMEN if gender == "woman" else MEN)
    if happens(random, 0.12):
        first += f" {random.choice(WOMEN if gender == 'woman' else MEN)}"
    infix = _infix(random)
    surname = random.choice(PLACES) if infix and happens(random, 0.8) else _often_first(random, _surnames())
    if happens(random, 0.08):
        surname += f"-{_often_first(random, _surnames())}"
    return Names(first, infix, surname), gender


def _infix(random: Random) -> str | None:
    at = random.randrange(100)
    for infix, share in INFIXES:
        if at < share:
            return infix
        at -= share
    return None


def _often_first(random: Random, values: tuple[str, ...]) -> str:
    return values[int(len(values) * random.random() ** 1.6)]
