"""What was signed can be read word for word for ever: texts, versions and hashes belong together (D3)."""

from datetime import UTC, datetime

import pytest

from tests.support.database import WorkerDatabase
from upguide.policy.agreements import (
    CURRENT,
    NEEDED,
    SIGNED_HERE,
    TEXTS,
    VERSIONS,
    agreement_languages,
    ends_at,
    plain_text,
    text_hash,
    text_of,
)
from upguide.policy.permissions import AgreementKind, Role
from upguide.tenancy import LANGUAGES

pytestmark = pytest.mark.clause("D3")


def test_every_version_has_its_text_in_each_language_and_no_text_is_without_version() -> None:
    versions = {(kind, version.number) for kind, found in VERSIONS.items() for version in found}
    assert set(TEXTS) == versions
    assert {key: set(agreement_languages(*key)) for key in versions} == {key: set(LANGUAGES) for key in versions}


@pytest.mark.parametrize("kind", SIGNED_HERE)
def test_text_is_what_its_hash_says(kind: AgreementKind) -> None:
    found = {one.number: {lang: text_hash(kind, one.number, lang) for lang in one.hashes} for one in VERSIONS[kind]}
    assert found == {one.number: dict(one.hashes) for one in VERSIONS[kind]}, (
        "a text that somebody may have signed was changed: add a version beside it, with a migration for the gate"
    )


@pytest.mark.parametrize("kind", SIGNED_HERE)
def test_versions_count_on_from_one(kind: AgreementKind) -> None:
    assert [one.number for one in VERSIONS[kind]] == list(range(1, CURRENT[kind] + 1))


@pytest.mark.parametrize("kind", SIGNED_HERE)
def test_texts_of_both_languages_have_the_same_parts(kind: AgreementKind) -> None:
    shapes = [
        [len(section.paragraphs) for section in text_of(kind, CURRENT[kind], language).sections]
        for language in LANGUAGES
    ]
    assert shapes[0] == shapes[1]
    assert plain_text(text_of(kind, CURRENT[kind], "nl")) != plain_text(text_of(kind, CURRENT[kind], "en"))


def test_every_role_needs_confidentiality() -> None:
    assert dict.fromkeys(Role, AgreementKind.CONFIDENTIALITY) == NEEDED


def test_confidentiality_ends_after_two_years_leap_days_too() -> None:
    at = datetime(2028, 2, 29, 12, tzinfo=UTC)
    assert ends_at(AgreementKind.CONFIDENTIALITY, at) == datetime(2030, 2, 28, 12, tzinfo=UTC)
    assert ends_at(AgreementKind.PROCESSOR, at) is None


def test_database_holds_the_same_versions_in_force(database: WorkerDatabase) -> None:
    with database.connect() as connection:
        found = {
            kind: connection.execute("SELECT gate.agreement_version(%s)", [kind.value]).fetchone()
            for kind in SIGNED_HERE
        }
    assert found == {kind: (CURRENT[kind],) for kind in SIGNED_HERE}, "a new version needs a migration for the gate"
