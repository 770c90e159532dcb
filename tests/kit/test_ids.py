"""Ids order by time, tokens are long enough not to be guessed, tags serve one purpose."""

from backend.kit import ids


def test_ids_are_version_7_and_in_order() -> None:
    made = [ids.new_id() for _ in range(1000)]
    assert {(one.version, one.variant) for one in made} == {(7, "specified in RFC 4122")}
    milliseconds = [one.int >> 80 for one in made]
    assert milliseconds == sorted(milliseconds)
    assert len(set(made)) == 1000


def test_tokens_hold_256_bits_and_are_stored_as_digests() -> None:
    made = {ids.new_token() for _ in range(1000)}
    assert len(made) == 1000
    assert {len(token) for token in made} == {43}
    assert ids.digest("x") != ids.digest("y")
    assert len(ids.digest("x")) == len(ids.new_challenge()) == 32


def test_a_tag_of_one_purpose_does_not_serve_another() -> None:
    secret, message = b"s" * 32, b"message"
    tag = ids.sign(secret, "message-link", message)
    assert ids.same(tag, ids.sign(secret, "message-link", message))
    for other in (
        ids.sign(secret, "sign-in-code", message),
        ids.sign(secret, "message-lin", b"k" + message),
        ids.sign(b"t" * 32, "message-link", message),
        ids.sign(secret, "message-link", b"messagf"),
    ):
        assert not ids.same(tag, other)
