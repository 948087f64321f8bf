"""Files under random keys, in a folder and in S3-compatible storage."""

from pathlib import Path

import pytest

from tests.files.bucket import Bucket, bucket_at_loopback
from upguide.files import FileMissing, Store

CONTENT = bytes(range(256)) * 1000


def test_a_file_is_read_back_and_removed(tmp_path: Path) -> None:
    store = Store.at(None, tmp_path / "var" / "files")
    key = store.put(CONTENT)
    assert store.get(key) == CONTENT
    store.delete(key)
    with pytest.raises(FileMissing):
        store.get(key)


def test_a_large_file_is_streamed_in_pieces(tmp_path: Path) -> None:
    store = Store.at(None, tmp_path)
    pieces = list(store.stream(store.put(CONTENT)))
    assert len(pieces) > 1
    assert b"".join(pieces) == CONTENT


def test_an_empty_file_is_a_file(tmp_path: Path) -> None:
    store = Store.at(None, tmp_path)
    assert store.get(store.put(b"")) == b""


def test_keys_are_random_and_hexadecimal(tmp_path: Path) -> None:
    store = Store.at(None, tmp_path)
    keys = {store.put(b"the same") for _ in range(20)}
    assert len(keys) == 20
    assert all(len(key) == 32 and set(key) <= set("0123456789abcdef") for key in keys)


def test_a_stream_of_nothing_fails_before_the_first_piece(tmp_path: Path) -> None:
    store = Store.at(None, tmp_path)
    with pytest.raises(FileMissing):
        store.stream("0" * 32)


def test_removing_what_is_gone_is_no_error(tmp_path: Path) -> None:
    store = Store.at(None, tmp_path)
    store.delete("0" * 32)


@pytest.mark.parametrize("key", ["", "../../etc/passwd", "a" * 31, "A" * 32, "/" * 32, "0" * 31 + "\n"])
def test_a_key_that_put_never_made_reaches_no_file(tmp_path: Path, key: str) -> None:
    store = Store.at(None, tmp_path)
    for act in (store.get, store.delete):
        with pytest.raises(FileMissing):
            act(key)


def test_a_file_address_names_a_folder(tmp_path: Path) -> None:
    store = Store.at((tmp_path / "elsewhere").as_uri(), tmp_path / "unused")
    key = store.put(CONTENT)
    assert (tmp_path / "elsewhere" / key[:2] / key).read_bytes() == CONTENT
    assert not (tmp_path / "unused").exists()


def test_another_kind_of_address_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="file:// or s3://"):
        Store.at("https://example.org/files", tmp_path)


def test_files_are_kept_in_a_bucket(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with bucket_at_loopback() as (bucket, address):
        monkeypatch.setenv("AWS_ENDPOINT_URL", address)
        monkeypatch.setenv("AWS_ALLOW_HTTP", "true")
        monkeypatch.setenv("AWS_REGION", "eu-central-1")
        monkeypatch.setenv("AWS_ACCESS_KEY_ID", "reader")
        monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "not-a-secret")
        _walk(Store.at("s3://photos/upguide", tmp_path), bucket)


def _walk(store: Store, bucket: Bucket) -> None:
    key = store.put(CONTENT)
    assert bucket.objects == {f"/photos/upguide/{key[:2]}/{key}": CONTENT}
    assert store.get(key) == CONTENT
    store.delete(key)
    assert bucket.objects == {}
    with pytest.raises(FileMissing):
        store.get(key)
