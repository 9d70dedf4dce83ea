"""What no client sends, sent."""

from .fuzzing import Fuzzed, fuzz


def test_every_request_is_answered_in_order(tmp_path):
    """Whatever comes, the answer is no error of the server's own, and it comes in time."""
    fuzzed = Fuzzed(tmp_path)
    with fuzzed.running():
        fuzz(fuzzed, 300, 7)
    assert {200, 400, 404} <= set(fuzzed.answers)
