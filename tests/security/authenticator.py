"""A passkey in software: it answers what browsers are asked, and can be made to lie."""

import base64
import hashlib
import json
import os
from dataclasses import dataclass, field
from typing import Any

import cbor2
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256

PRESENT, VERIFIED, ATTESTED = 0x01, 0x04, 0x40


def text(value: bytes) -> str:
    """Return bytes as WebAuthn writes them."""
    return base64.urlsafe_b64encode(value).decode().rstrip("=")


@dataclass
class Authenticator:
    """One passkey on one device; `count` goes up with each answer."""

    origin: str
    host: str
    key: ec.EllipticCurvePrivateKey = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))
    credential_id: bytes = field(default_factory=lambda: os.urandom(32))
    count: int = 0

    def make(self, options: str) -> str:
        """Return what a browser sends after making the passkey."""
        point = self.key.public_key().public_numbers()
        public = {1: 2, 3: -7, -1: 1, -2: point.x.to_bytes(32, "big"), -3: point.y.to_bytes(32, "big")}
        identity = bytes(16) + len(self.credential_id).to_bytes(2, "big") + self.credential_id
        told = self._told(ATTESTED) + identity + cbor2.dumps(public)
        attestation = cbor2.dumps({"fmt": "none", "attStmt": {}, "authData": told})
        client = self._client("webauthn.create", options)
        return self._answer(clientDataJSON=text(client), attestationObject=text(attestation))

    def answer(self, options: str) -> str:
        """Return what a browser sends as proof."""
        self.count += 1
        told, client = self._told(0), self._client("webauthn.get", options)
        signature = self.key.sign(told + hashlib.sha256(client).digest(), ec.ECDSA(SHA256()))
        return self._answer(clientDataJSON=text(client), authenticatorData=text(told), signature=text(signature))

    def _told(self, flags: int) -> bytes:
        about = bytes([PRESENT | VERIFIED | flags]) + self.count.to_bytes(4, "big")
        return hashlib.sha256(self.host.encode()).digest() + about

    def _client(self, kind: str, options: str) -> bytes:
        told = {
            "type": kind,
            "challenge": json.loads(options)["challenge"],
            "origin": self.origin,
            "crossOrigin": False,
        }
        return json.dumps(told).encode()

    def _answer(self, **response: Any) -> str:
        identity = text(self.credential_id)
        whole = {"id": identity, "rawId": identity, "type": "public-key", "response": response}
        return json.dumps({**whole, "clientExtensionResults": {}})
