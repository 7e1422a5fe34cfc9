"""What checks compare with: one kind of comparison per file, messages in the learner's words."""

from torchdojo.checkers.closeness import assert_close, assert_equal, tolerances
from torchdojo.checkers.differentiation import assert_gradients, assert_true_gradients
from torchdojo.checkers.failures import CheckFailed, SubmissionError
from torchdojo.checkers.forms import assert_contiguous, assert_dtype, assert_finite, assert_shape, assert_type
from torchdojo.checkers.modules import assert_registered_parameters, assert_same_state, assert_state_dict_round_trip
from torchdojo.checkers.purity import (
    assert_alias,
    assert_no_alias,
    assert_unchanged,
    may_change,
    shares_memory,
    unchanged,
)
from torchdojo.checkers.randomness import (
    assert_deterministic,
    assert_distribution,
    assert_frequency,
    assert_shares,
)
from torchdojo.checkers.shrinking import smallest_failing

__all__ = [
    "CheckFailed",
    "SubmissionError",
    "assert_alias",
    "assert_close",
    "assert_contiguous",
    "assert_deterministic",
    "assert_distribution",
    "assert_dtype",
    "assert_equal",
    "assert_finite",
    "assert_frequency",
    "assert_gradients",
    "assert_no_alias",
    "assert_registered_parameters",
    "assert_same_state",
    "assert_shape",
    "assert_shares",
    "assert_state_dict_round_trip",
    "assert_true_gradients",
    "assert_type",
    "assert_unchanged",
    "may_change",
    "shares_memory",
    "smallest_failing",
    "tolerances",
    "unchanged",
]
