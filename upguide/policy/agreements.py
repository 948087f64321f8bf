"""The versions in force of what people sign; data is shown only to those who signed the current one (D3, W4, W9)."""

from collections.abc import Mapping

from .permissions import AgreementKind

CURRENT: Mapping[AgreementKind, int] = {
    AgreementKind.CONFIDENTIALITY: 1,
    AgreementKind.PROCESSOR: 1,
    AgreementKind.STATEMENT: 1,
}
