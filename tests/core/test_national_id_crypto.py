"""National ids are unreadable without the key, found by their blind index, and say so when altered."""

import pytest
from django.core.exceptions import ImproperlyConfigured
from hypothesis import given
from hypothesis import strategies as st

from households import crypto

NUMBER = "002049123456"


@given(st.lists(st.from_regex(r"\d{9}|\d{12}", fullmatch=True).filter(str.isascii)))
def test_sealed_numbers_read_back_in_order(numbers):
    sealed = crypto.seal_many(numbers)
    assert crypto.unseal_many([one.number_enc for one in sealed]) == numbers
    assert [one.number_index for one in sealed] == crypto.blind_indexes(numbers)
    assert [one.tail for one in sealed] == [number[-3:] for number in numbers]


def test_one_number_has_one_index_and_never_the_same_bytes():
    one, other = crypto.seal(NUMBER), crypto.seal("002 049 123-456")
    assert one.number_index == other.number_index == crypto.blind_index(NUMBER)
    assert one.number_enc != other.number_enc
    assert len(one.number_index) == crypto.INDEX_BYTES
    assert NUMBER.encode() not in one.number_enc


def test_another_key_neither_reads_nor_finds(settings):
    sealed = crypto.seal(NUMBER)
    settings.NATIONAL_ID_KEY = "ff" * 32
    assert crypto.blind_index(NUMBER) != sealed.number_index
    with pytest.raises(crypto.UnreadableIdError, match="this key"):
        crypto.unseal(sealed.number_enc)


def test_altered_bytes_and_another_key_version_are_refused():
    sealed = crypto.seal(NUMBER).number_enc
    with pytest.raises(crypto.UnreadableIdError, match="this key"):
        crypto.unseal(sealed[:-1] + bytes([sealed[-1] ^ 1]))
    with pytest.raises(crypto.UnreadableIdError, match="another version"):
        crypto.unseal(b"\x09" + sealed[1:])


def test_a_number_without_digits_is_refused():
    with pytest.raises(ValueError, match="digits"):
        crypto.seal("không có")


@pytest.mark.parametrize("key", ["", "00", "z" * 64])
def test_a_key_that_is_no_key_stops_the_first_use(settings, key):
    settings.NATIONAL_ID_KEY = key
    with pytest.raises(ImproperlyConfigured, match="NATIONAL_ID_KEY"):
        crypto.seal(NUMBER)
