import re
from dataclasses import asdict
from pathlib import Path

import pytest

from tests.tenancy.portals import change, faults_of, portals_folder, two_portals
from upguide.config import ROOT
from upguide.tenancy.branding import MODULES, HomeCopy, Step, read_tenants
from upguide.tenancy.faults import BrandingError
from upguide.tenancy.shapes import SLUG_MEANING
from upguide.tenancy.theme import COLOURS, FONTS

STATIC = ROOT / "upguide" / "static"


def broken(place: Path, file: str, old: str, new: str) -> list[str]:
    """The faults of portal alpha once `old` in `file` reads `new`."""
    folder = portals_folder(place)
    change(folder / "alpha" / file, old, new)
    return faults_of(folder)


def test_our_own_portals_are_sound() -> None:
    tenants = read_tenants(ROOT / "tenants")
    assert [tenant.slug for tenant in tenants] == ["coachingnederland", "executive", "gfs", "upguide"]
    assert {tenant.slug: (tenant.hosts[0], tenant.development_hosts[0]) for tenant in tenants} == {
        "coachingnederland": ("coachingnederland.nl", "coachingnederland.localhost"),
        "executive": ("executive.coaching.nl", "executive.localhost"),
        "gfs": ("gfs.nucoaching.nl", "gfs.localhost"),
        "upguide": ("upguide.me", "upguide.localhost"),
    }
    assert [tenant.slug for tenant in tenants if tenant.formal] == ["executive"]
    assert tenants["upguide"].hosts == ("upguide.me", "www.upguide.me")


def test_our_own_portals_share_no_look() -> None:
    tenants = list(read_tenants(ROOT / "tenants"))
    for look in ("name", "logo", "art", "theme_version"):
        assert len({getattr(tenant, look) for tenant in tenants}) == len(tenants), look
    assert len({tenant.theme.light.accent for tenant in tenants}) == len(tenants)


def test_portal_is_read_whole(tmp_path: Path) -> None:
    tenant = read_tenants(portals_folder(tmp_path))["alpha"]
    assert (tenant.slug, tenant.name, tenant.hosts) == ("alpha", "Alpha", ("alpha.example",))
    assert (tenant.development_hosts, tenant.languages) == (("alpha.localhost",), ("nl", "en"))
    assert (tenant.formal, tenant.sender) == (False, "no-reply@alpha.example")
    assert tenant.modules == {"people"}
    assert tenant.words["nl"] == {
        "coach": "coach",
        "coaches": "coaches",
        "client": "coachee",
        "clients": "coachees",
    }
    assert tenant.home["en"] == HomeCopy(
        eyebrow="Personal and professional development",
        title="A place to get further.",
        lead="Work on what matters to you, and decide yourself who sees what of you.",
        description=("A portal for personal and professional development. Beside each item it says who sees it."),
        cta="Make your account",
        second="Read who sees what",
        matrix_title="What others see of you",
        matrix_lead="No small print: this table is the rule that the site itself works by.",
        steps=(
            Step(
                "Tell what you want to tell",
                "A name and a mail address are enough. Fill in the rest when you find it useful.",
            ),
            Step(
                "Choose who sees it",
                "Beside each item it says who sees it. You can always hide it, and remove it too.",
            ),
            Step(
                "Find each other by name",
                "Other members find you by your name, and see nothing else in the search.",
            ),
        ),
    )


def test_portals_are_found_by_slug_and_by_host(tmp_path: Path) -> None:
    tenants = two_portals(tmp_path)
    alpha = tenants["alpha"]
    assert [tenant.slug for tenant in tenants] == ["alpha", "bravo"]
    assert len(tenants) == 2
    match = tenants.by_host("www.alpha.example")
    assert match is not None
    assert (match.tenant, match.host, match.canonical) == (alpha, "alpha.example", False)
    assert tenants.by_host("alpha.localhost") is None
    match = tenants.by_host("alpha.localhost", development=True)
    assert match is not None
    assert (match.tenant, match.host, match.canonical) == (alpha, "alpha.localhost", True)


def test_unknown_slug_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(KeyError):
        two_portals(tmp_path)["charlie"]


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        ("formal =", "formall = 1\nformal =", "formall: unknown key, did you mean formal?"),
        ("[theme.dark]", 'extra = "x"\n[theme.dark]', "theme.light.extra: unknown key"),
        ('name = "Alpha"\n', "", "name: is missing"),
        ('name = "Alpha"', 'name = ""', "name: must not be empty, nor begin or end with a space"),
        ('name = "Alpha"', 'name = "A\\nB"', "name: must be one line, without control characters"),
        ('name = "Alpha"', "name = 7", "name: must be text in quotes"),
        ("formal = false", 'formal = "no"', "formal: must be true or false"),
        ("formal = false", "formal = 0", "formal: must be true or false"),
        ('["alpha.example"]', '"alpha.example"', "hosts: must be a list of at least 1"),
        ('["alpha.example"]', "[]", "hosts: must be a list of at least 1"),
        ('["alpha.example"]', '["a b.example"]', "hosts: 'a b.example' is not a host name"),
        ('["alpha.example"]', '["a_b.example"]', "hosts: 'a_b.example' is not a host name"),
        ('["alpha.example"]', '["-a.example"]', "hosts: '-a.example' is not a host name"),
        ('["alpha.example"]', '["a..example"]', "hosts: 'a..example' is not a host name"),
        ('["alpha.example"]', '["alpha"]', "hosts: 'alpha' is not a host name"),
        ('["alpha.example"]', '["alpha.example:80"]', "hosts: 'alpha.example:80' is not a host name"),
        (
            '["alpha.example"]',
            '["https://alpha.example"]',
            "hosts: 'https://alpha.example' is not a host name",
        ),
        ('["alpha.example"]', '["127.0.0.1"]', "hosts: '127.0.0.1' is not a host name"),
        ('["alpha.example"]', '["[::1]"]', "hosts: '[::1]' is not a host name"),
        ('["alpha.example"]', '["alpha.0x7f"]', ""),
        (
            '["alpha.example"]',
            '["x.localhost"]',
            "hosts: 'x.localhost' is a development host: put it under development_hosts",
        ),
        (
            '["alpha.example"]',
            '["alpha.example", "ALPHA.example."]',
            "hosts: names alpha.example more than once",
        ),
        ('"alpha.localhost"', '"dev.nl"', "development_hosts: 'dev.nl' does not end in .localhost"),
        ('["nl", "en"]', '["nl", "en", "de"]', "languages: 'de' is not one of: en, nl"),
        ('["nl", "en"]', '["nl", "nl", "en"]', "languages: names nl more than once"),
        ('["people"]', '["people", "poeple"]', f"modules: 'poeple' is not one of: {', '.join(sorted(MODULES))}"),
        (
            "weight_display = 700",
            "weight_display = 1000",
            "theme.weight_display: must be a whole number from 100 to 900",
        ),
        (
            "weight_display = 700",
            "weight_display = true",
            "theme.weight_display: must be a whole number from 100 to 900",
        ),
        ('hero = "panel"', 'hero = "video"', "theme.hero: 'video' is not one of: band, centre, open, panel"),
        (
            'radius = "0.75rem"',
            'radius = "1rem;}"',
            'theme.radius: must be a length such as "0.9rem", "2px" or "0"',
        ),
        (
            'paper = "#f7f7f5"',
            'paper = "red"',
            'theme.light.paper: must be a colour such as "#17302a", in lower case',
        ),
        ("[words.nl]", "[words.fr]", "words.fr: unknown key"),
    ],
)
def test_fault_in_tenant_toml_names_file_key_and_reason(tmp_path: Path, old: str, new: str, fault: str) -> None:
    found = broken(tmp_path, "tenant.toml", old, new)
    expected = [f"tenants/alpha/tenant.toml: {fault}"] if fault else []
    if fault.startswith("words.fr"):
        expected.append("tenants/alpha/tenant.toml: words.nl: is missing")
    assert found == sorted(expected)


def test_font_that_does_not_ship_is_refused(tmp_path: Path) -> None:
    found = broken(tmp_path, "tenant.toml", 'font_body = "Figtree"', 'font_body = "Comic Sans"')
    assert found == [
        "tenants/alpha/tenant.toml: theme.font_body: 'Comic Sans' is not one of: " + ", ".join(sorted(FONTS))
    ]


def test_sender_that_is_no_mail_address_is_refused(tmp_path: Path) -> None:
    (found,) = broken(tmp_path, "tenant.toml", "no-reply@alpha.example", "no reply")
    assert found.startswith("tenants/alpha/tenant.toml: sender: 'no reply' is not a mail address: ")


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_failing_contrast_names_file_pair_ratio_and_need(tmp_path: Path, theme: str) -> None:
    folder = portals_folder(tmp_path)
    colours = asdict(getattr(read_tenants(folder)["alpha"].theme, theme))
    change(folder / "alpha/tenant.toml", f'quiet = "{colours["quiet"]}"', f'quiet = "{colours["line"]}"')
    found = faults_of(folder)
    file = "tenants/alpha/tenant.toml"
    assert [re.sub(r"\d\.\d\d", "R", fault) for fault in found] == [
        f"{file}: theme.{theme}.quiet: quiet on {ground} has a contrast of R, and needs 4.5"
        for ground in ("paper", "sheet", "wash")
    ]


def test_edge_of_controls_needs_three_to_one(tmp_path: Path) -> None:
    found = broken(tmp_path, "tenant.toml", 'edge = "#787d85"', 'edge = "#dcdcd8"')
    assert {fault.rpartition(" ")[2] for fault in found} == {"3"}
    assert len(found) == 3


def test_broken_colour_is_told_without_contrast_of_the_rest(tmp_path: Path) -> None:
    found = broken(tmp_path, "tenant.toml", 'paper = "#f7f7f5"\nsheet = "#ffffff"', 'paper = ""\nsheet = "#000000"')
    assert [fault.split(": ")[1] for fault in found] == ["theme.light.paper"]


def test_two_portals_with_one_host_are_refused(tmp_path: Path) -> None:
    folder = portals_folder(tmp_path, "alpha", "bravo")
    change(folder / "bravo/tenant.toml", '["bravo.example"]', '["bravo.example", "Alpha.Example."]')
    change(folder / "bravo/tenant.toml", '["bravo.localhost"]', '["bravo.localhost", "ALPHA.localhost"]')
    assert faults_of(folder) == [
        "tenants/bravo/tenant.toml: development_hosts: alpha.localhost is already a host of tenants/alpha",
        "tenants/bravo/tenant.toml: hosts: alpha.example is already a host of tenants/alpha",
    ]


def test_host_in_other_letters_is_kept_as_punycode_and_clashes_with_it(tmp_path: Path) -> None:
    folder = portals_folder(tmp_path, "alpha", "bravo")
    change(folder / "alpha/tenant.toml", '["alpha.example"]', '["Coachés.example"]')
    assert read_tenants(folder)["alpha"].hosts == ("xn--coachs-fva.example",)
    change(folder / "bravo/tenant.toml", '["bravo.example"]', '["xn--coachs-fva.example"]')
    assert faults_of(folder) == [
        "tenants/bravo/tenant.toml: hosts: xn--coachs-fva.example is already a host of tenants/alpha"
    ]


@pytest.mark.parametrize("name", ["tenant.toml", "logo.svg", "art.svg", "home.nl.toml", "home.en.toml"])
def test_missing_file_is_told_by_name(tmp_path: Path, name: str) -> None:
    folder = portals_folder(tmp_path)
    (folder / "alpha" / name).unlink()
    assert faults_of(folder) == [f"tenants/alpha/{name}: the file is missing"]


def test_missing_table_is_told_once(tmp_path: Path) -> None:
    found = broken(tmp_path, "tenant.toml", "[theme.dark]", "[theme.darkest]")
    assert found == [
        "tenants/alpha/tenant.toml: theme.dark: is missing",
        "tenants/alpha/tenant.toml: theme.darkest: unknown key, did you mean dark?",
    ]


def test_unknown_file_and_home_copy_of_a_language_not_spoken_are_refused(tmp_path: Path) -> None:
    folder = portals_folder(tmp_path)
    change(folder / "alpha/tenant.toml", '["nl", "en"]', '["nl"]')
    (folder / "alpha/notes.txt").write_text("x")
    (folder / "alpha/.DS_Store").write_text("x")
    assert faults_of(folder) == [
        "tenants/alpha/home.en.toml: unknown file",
        "tenants/alpha/notes.txt: unknown file",
        "tenants/alpha/tenant.toml: words.en: unknown key",
    ]


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        ('cta = "Make your account"\n', "", "cta: is missing"),
        (
            "A place to get further.",
            "2,400 coaches are waiting.",
            "title: holds a digit: home pages claim no numbers, so write small numbers as words",
        ),
        ('text = "A name', 'texts = "A name', "steps[1].text: is missing"),
        ("eyebrow =", "[[more]]\neyebrow =", "more: unknown key"),
    ],
)
def test_fault_in_home_copy_names_file_key_and_reason(tmp_path: Path, old: str, new: str, fault: str) -> None:
    assert f"tenants/alpha/home.en.toml: {fault}" in broken(tmp_path, "home.en.toml", old, new)


def test_home_page_has_two_or_three_steps(tmp_path: Path) -> None:
    folder = portals_folder(tmp_path)
    with (folder / "alpha/home.nl.toml").open("a") as file:
        file.write('\n[[steps]]\ntitle = "Nog een"\ntext = "Te veel."\n')
    assert faults_of(folder) == ["tenants/alpha/home.nl.toml: steps: has 4 entries, and needs 2 to 3"]


def test_all_faults_of_all_portals_are_told_together(tmp_path: Path) -> None:
    folder = portals_folder(tmp_path, "alpha", "bravo")
    change(folder / "alpha/tenant.toml", "formal = false", "formal = 1\nshiny = 1")
    (folder / "alpha/logo.svg").unlink()
    change(folder / "bravo/tenant.toml", '["bravo.example"]', '["bravo"]')
    (folder / "bravo/home.en.toml").write_text("title = ")
    with pytest.raises(BrandingError) as caught:
        read_tenants(folder)
    assert [(fault.file, fault.key) for fault in caught.value.faults] == [
        ("tenants/alpha/logo.svg", ""),
        ("tenants/alpha/tenant.toml", "formal"),
        ("tenants/alpha/tenant.toml", "shiny"),
        ("tenants/bravo/home.en.toml", ""),
        ("tenants/bravo/tenant.toml", "hosts"),
    ]
    assert str(caught.value).splitlines() == [str(fault) for fault in caught.value.faults]


@pytest.mark.parametrize("content", [b"\xff\xfe", b"name = ", b"a=" + b"[" * 9000, b"x" * 60_000])
def test_file_that_cannot_be_read_is_a_fault_and_no_crash(tmp_path: Path, content: bytes) -> None:
    folder = portals_folder(tmp_path)
    (folder / "alpha/tenant.toml").write_bytes(content)
    (found,) = faults_of(folder)
    assert found.startswith("tenants/alpha/tenant.toml: ")


def test_folder_name_that_is_no_slug_is_refused(tmp_path: Path) -> None:
    folder = portals_folder(tmp_path)
    (folder / "alpha").rename(folder / "Al_pha")
    assert faults_of(folder) == [f"tenants/Al_pha: a portal's folder must be named in {SLUG_MEANING}"]


def test_site_without_portals_does_not_start(tmp_path: Path) -> None:
    message = ["tenants: holds no portal: each is a folder with a tenant.toml"]
    assert faults_of(tmp_path / "tenants") == message
    (tmp_path / "tenants").mkdir()
    assert faults_of(tmp_path / "tenants") == message


def test_stylesheet_holds_every_colour_light_and_dark(tmp_path: Path) -> None:
    tenant = read_tenants(portals_folder(tmp_path))["alpha"]
    names = {f"--brand-{name.replace('_', '-')}{ending}" for name in COLOURS for ending in ("", "-dark")}
    others = {"font-display", "font-body", "weight-display", "tracking-display", "radius", "radius-button"}
    found = re.findall(r"(--[a-z-]+):", tenant.theme_css)
    assert sorted(found) == sorted(names | {f"--brand-{name}" for name in others})
    assert f"--brand-on-accent-dark:{tenant.theme.dark.on_accent};" in tenant.theme_css


def test_theme_version_changes_with_colours_and_with_the_logo_alone(tmp_path: Path) -> None:
    folder = portals_folder(tmp_path)

    def version() -> str:
        return read_tenants(folder)["alpha"].theme_version

    first = version()
    assert re.fullmatch(r"[0-9a-f]{12}", first)
    change(folder / "alpha/tenant.toml", 'sun = "#f2a65a"', 'sun = "#f2a65b"')
    second = version()
    change(folder / "alpha/logo.svg", 'rx="9"', 'rx="8"')
    third = version()
    change(folder / "alpha/home.en.toml", "A place", "One place")
    assert (len({first, second, third}), version()) == (3, third)


def test_icon_holds_colours_in_place_of_variables(tmp_path: Path) -> None:
    tenant = read_tenants(portals_folder(tmp_path))["alpha"]
    assert "var(--up-color-accent)" in tenant.logo
    assert "var(" not in tenant.icon
    assert f'fill="{tenant.theme.light.accent}"' in tenant.icon


@pytest.mark.parametrize("family", FONTS)
def test_every_font_that_a_theme_may_name_ships(family: str) -> None:
    assert f'font-family: "{family} Variable"' in (STATIC / "css/fonts.css").read_text()
    assert (STATIC / f"fonts/{family.lower().replace(' ', '-')}-latin.woff2").is_file()
    assert FONTS[family].startswith(f'"{family} Variable", ')


def test_modules_are_those_that_exist() -> None:
    assert {name for name in MODULES if not (ROOT / "upguide/features" / name).is_dir()} == set()
