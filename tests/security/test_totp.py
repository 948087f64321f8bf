"""Codes of an authenticator app: as the standard says, each once, within half a minute of drift."""

from datetime import UTC, datetime, timedelta
from xml.etree import ElementTree as ET

import pyotp
import pytest

from upguide.security.totp import DRIFT, STEP, app_address, code_at, matching_step, new_secret, picture_of

SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
NOW = datetime(2026, 11, 22, 12, 0, 10, tzinfo=UTC)
CURRENT = int(NOW.timestamp()) // STEP
# RFC 6238, appendix B, as SHA-1 gives them, the last six digits.
STANDARD = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
VECTORS = [(59, "287082"), (1111111109, "081804"), (1234567890, "005924"), (20000000000, "353130")]


def later(steps: int) -> datetime:
    return NOW + timedelta(seconds=steps * STEP)


@pytest.mark.parametrize(("seconds", "code"), VECTORS)
def test_codes_are_those_of_the_standard(seconds: int, code: str) -> None:
    now = datetime.fromtimestamp(seconds, UTC)
    assert code_at(STANDARD, now) == code
    assert matching_step(STANDARD, code, now, None) == seconds // STEP


def test_secrets_have_160_bits_and_differ() -> None:
    secrets = {new_secret() for _ in range(50)}
    assert len(secrets) == 50
    assert {len(pyotp.TOTP(secret).byte_secret()) for secret in secrets} == {20}


@pytest.mark.parametrize("steps", range(-3, 4))
def test_a_clock_may_drift_one_step_and_no_more(steps: int) -> None:
    found = matching_step(SECRET, code_at(SECRET, later(steps)), NOW, None)
    assert found == (CURRENT + steps if abs(steps) <= DRIFT else None)


def test_a_code_counts_once_and_takes_the_older_ones_with_it() -> None:
    codes = {steps: code_at(SECRET, later(steps)) for steps in (-1, 0, 1)}
    after = {steps: matching_step(SECRET, code, NOW, CURRENT) for steps, code in codes.items()}
    assert after == {-1: None, 0: None, 1: CURRENT + 1}


def test_spaces_do_not_matter() -> None:
    code = code_at(SECRET, NOW)
    assert matching_step(SECRET, f" {code[:3]} {code[3:]}", NOW, None) == CURRENT


@pytest.mark.parametrize("typed", ["", "12345", "1234567", "abcdef", "\0", "１２３４５６", "\ud800", "9" * 5000])
def test_what_is_no_code_is_wrong_and_nothing_worse(typed: str) -> None:
    assert matching_step(SECRET, typed, NOW, None) is None


def test_the_app_is_told_the_portal_and_the_account() -> None:
    address = app_address(SECRET, "ada@example.org", "NU coaching")
    parsed = pyotp.parse_uri(address)
    assert (parsed.secret, parsed.issuer, parsed.name) == (SECRET, "NU coaching", "ada@example.org")
    assert address.startswith("otpauth://totp/")


def test_the_picture_has_nothing_that_the_policy_refuses() -> None:
    picture = ET.fromstring(picture_of(app_address(SECRET, "ada@example.org", "UpGuide")))  # noqa: S314  (ours)
    tags = {element.tag.rpartition("}")[2] for element in picture.iter()}
    attributes = {name for element in picture.iter() for name in element.attrib}
    assert tags <= {"svg", "path", "g"}
    assert not {name for name in attributes if name == "style" or name.startswith("on") or "href" in name}
