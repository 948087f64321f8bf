"""Settings: what is read, and what stops the start, with which words."""

import stat
from ipaddress import ip_network
from pathlib import Path

import pytest

from upguide.config import ROOT, SettingError, Settings

KEY = "k" * 32
REAL = {
    "UPGUIDE_SECRET_KEY": KEY,
    "UPGUIDE_DATABASE_URL": "postgresql://owner:secret@db/upguide",
    "UPGUIDE_SMTP_URL": "smtps://mail.example",
}


def refusal(**environ: str) -> str:
    """Return the line with which settings are refused."""
    with pytest.raises(SettingError) as caught:
        Settings.from_env({**REAL, **{f"UPGUIDE_{name}": value for name, value in environ.items()}})
    assert "\n" not in caught.value.message
    return caught.value.message


def test_settings_of_a_service_are_read_whole(tmp_path):
    assert Settings.from_env(
        {
            **REAL,
            "UPGUIDE_SECRET_KEY": f"{KEY}, {'o' * 40}",
            "UPGUIDE_FILES_URL": "s3://uploads",
            "UPGUIDE_TRUSTED_PROXIES": "10.0.0.0/8, 2001:db8::1",
            "UPGUIDE_TENANTS": str(tmp_path),
            "UPGUIDE_VAR": str(tmp_path / "var"),
            "PATH": "/bin",
        }
    ) == Settings(
        development=False,
        secret_keys=(KEY, "o" * 40),
        database_url="postgresql+psycopg://owner:secret@db/upguide",
        files_url="s3://uploads",
        smtp_url="smtps://mail.example",
        trusted_proxies=(ip_network("10.0.0.0/8"), ip_network("2001:db8::1/128")),
        tenants_folder=tmp_path,
        var=tmp_path / "var",
    )


def test_development_needs_no_setting_but_itself(tmp_path):
    settings = Settings.from_env({"UPGUIDE_DEVELOPMENT": "1", "UPGUIDE_VAR": str(tmp_path)})
    (key,) = settings.secret_keys
    assert settings == Settings(development=True, secret_keys=(key,), var=tmp_path)
    assert settings.tenants_folder == ROOT / "tenants"


def test_development_key_is_random_private_and_kept(tmp_path):
    environ = {"UPGUIDE_DEVELOPMENT": "1", "UPGUIDE_VAR": str(tmp_path)}
    first, second = (Settings.from_env(environ).secret_keys for _ in range(2))
    other = Settings.from_env({**environ, "UPGUIDE_VAR": str(tmp_path / "other")}).secret_keys
    assert first == second != other
    assert len(first[0]) >= 32
    assert [stat.S_IMODE(file.stat().st_mode) for file in tmp_path.glob("secret-key*")] == [0o600]


def test_empty_value_counts_as_absent():
    assert Settings.from_env({**REAL, "UPGUIDE_FILES_URL": " "}).files_url is None


def test_secrets_stand_in_no_representation():
    shown = repr(Settings.from_env(REAL))
    assert [word for word in (KEY, "secret@db", "mail.example") if word in shown] == []


@pytest.mark.parametrize("name", ["SECRET_KEY", "DATABASE_URL", "SMTP_URL"])
def test_service_without_a_needed_setting_is_refused(name):
    assert refusal(**{name: ""}).startswith(f"UPGUIDE_{name} is missing: ")


def test_misspelt_name_is_refused():
    assert refusal(SECRET_KEYS=KEY).startswith("UPGUIDE_SECRET_KEYS: no such setting. Known are ")


@pytest.mark.parametrize(
    ("name", "value", "reason"),
    [
        ("DEVELOPMENT", "yes", "give 1 or 0"),
        ("SECRET_KEY", "short", "each key needs at least 32 characters"),
        ("SECRET_KEY", f"{KEY},", "each key needs at least 32 characters"),
        ("SECRET_KEY", f"{KEY},{KEY}", "the same key stands in it twice"),
        (
            "DATABASE_URL",
            "mysql://o@db/x",
            "give an address such as postgresql://owner:password@server/database",
        ),
        ("DATABASE_URL", "postgresql://db/x", "the address must name the owner role and the database"),
        ("DATABASE_URL", "postgresql://owner@db", "the address must name the owner role and the database"),
        ("FILES_URL", "uploads", "give an address that starts with file:// or s3://"),
        (
            "SMTP_URL",
            "mail.example:25",
            "give an address that starts with smtp:// or smtps:// or smtp+starttls://",
        ),
        ("SMTP_URL", "smtp:", "give an address that starts with smtp:// or smtps:// or smtp+starttls://"),
        (
            "TRUSTED_PROXIES",
            "10.0.0.1/8",
            "give addresses or networks with commas between, such as 10.0.0.0/8",
        ),
        ("TRUSTED_PROXIES", "proxy", "give addresses or networks with commas between, such as 10.0.0.0/8"),
        ("TENANTS", "/no/such/folder", "there is no such folder"),
        ("VAR", __file__, "this is a file, where a folder is needed"),
    ],
)
def test_malformed_value_is_refused_with_its_reason(name, value, reason):
    assert refusal(**{name: value}) == f"UPGUIDE_{name}: {reason}"


def test_malformed_address_is_refused_without_being_repeated():
    assert "hunter2" not in refusal(DATABASE_URL="postgresql://owner:hunter2@[broken/x")


def test_var_that_cannot_be_written_is_named():
    with pytest.raises(SettingError, match="secret-key cannot be kept"):
        Settings.from_env({"UPGUIDE_DEVELOPMENT": "1", "UPGUIDE_VAR": str(Path("/proc/none"))})
