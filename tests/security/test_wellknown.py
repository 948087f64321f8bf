"""security.txt, as RFC 9116 has it."""

from datetime import UTC, datetime

from upguide.security.wellknown import security_txt


def test_security_txt_has_the_fields_of_rfc_9116() -> None:
    now = datetime(2026, 11, 22, 14, 30, tzinfo=UTC)
    assert security_txt("https://upguide.me", now) == (
        "Contact: mailto:helpdesk@upguide.me\n"
        "Expires: 2027-05-02T00:00:00Z\n"
        "Preferred-Languages: nl, en\n"
        "Canonical: https://upguide.me/.well-known/security.txt\n"
    )
