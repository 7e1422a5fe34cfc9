"""Every widely shared error about PyTorch is corrected somewhere, and the errata guide refuses what it means to."""

from __future__ import annotations

import pytest

from torchdojo.library import Library, refused_patterns

LIBRARY = Library()


def numbered(prefix: str, first: int, last: int) -> list[str]:
    return [f"{prefix}{number}" for number in range(first, last + 1)]


#: Every error that was found in the notes this project starts from.
FOUND = [
    *numbered("E000-", 1, 10),
    *numbered("E001-", 1, 11),
    *numbered("E002-", 1, 15),
    *numbered("E003-", 1, 97),
    *numbered("E004-", 1, 9),
]

#: Those that say nothing about PyTorch or deep learning.
LEFT_OUT = {
    **dict.fromkeys(("E000-8", "E001-11"), "the minutes of an interview"),
    **dict.fromkeys(("E000-10", "E001-10", "E002-13", "E004-1"), "how a list or a rubric is counted"),
    **dict.fromkeys(("E002-1", "E002-15"), "damage to the text"),
    **dict.fromkeys(("E002-2", "E003-81", "E003-89", "E003-93"), "names a snippet leaves undefined"),
    "E002-14": "which company uses what",
    **dict.fromkeys(("E004-3", "E004-4"), "what a test suite holds"),
    **dict.fromkeys(("E004-7", "E004-8", "E004-9"), "how to install and where to run"),
}

#: Sentences from notes of that kind, one for each thing that no text may teach.
SAID = [
    "`view` works on contiguous tensors only.",
    "zero_grad(set_to_none=True) is faster than zero_grad().",
    "`torch.inference_mode` is about 10 % faster.",
    "inference_mode disallows ops on tensors that require gradients.",
    "model(x) simply calls model.forward(x).",
    "model(x) is the same as model.forward(x).",
    "print(w.grad)  # tensor([40.])",
    "| GELU | x·Φ(x) | (-∞, ∞) |",
    "The range of GELU is (-∞, ∞).",
    "The default std is about 0.088.",
    "std about sqrt(2/256) = 0.088",
    "He initialization is PyTorch's default.",
    "ReLU halves the variance.",
    "RMSProp has no momentum.",
    "OneCycleLR requires total_steps.",
    "scheduler = WarmupThenDecay(optimizer)",
    "so that it can converge to a sharp minimum",
    "Gradient accumulation keeps the beneficial noise of small batches.",
    "BatchNorm is unstable at inference with batch size 1.",
    "Dropout is mathematically equal to averaging an ensemble.",
    "That would be 603M parameters.",
    "603,979,776 weights",
    "The LSTM solves the vanishing gradient.",
    "map_location avoids GPU OOM when the GPU is missing.",
    "DistributedDataParallel(model, device_ids=[0, 1])",
    "with torch.cuda.amp.autocast(device_type='cuda'):",
    "Volta has FP16 and BF16 units.",
    "torch.compile performs ahead-of-time compilation.",
    'from_pretrained("some-model", load_in_8bit=True)',
]


def corrected() -> set[str]:
    texts = [*LIBRARY.questions(), *LIBRARY.guides()]
    return {error for text in texts for section in text.covers.values() for error in section}


def test_every_error_is_corrected_by_a_section_or_left_out_for_a_reason():
    assert [error for error in FOUND if error not in corrected() | set(LEFT_OUT)] == []


def test_the_errata_name_no_error_that_is_unknown():
    guide = next(guide for guide in LIBRARY.guides() if guide.slug == "errata")
    named = {error for section in guide.covers.values() for error in section}
    assert sorted(named - set(FOUND)) == []
    assert sorted(named & set(LEFT_OUT)) == []


@pytest.mark.parametrize("sentence", SAID)
def test_a_sentence_that_teaches_an_error_is_refused(sentence):
    guide = next(guide for guide in LIBRARY.guides() if guide.slug == "errata")
    assert any(refused.pattern.search(sentence) for refused in refused_patterns(guide.file))


def test_no_pattern_is_idle():
    guide = next(guide for guide in LIBRARY.guides() if guide.slug == "errata")
    idle = [p.line for p in refused_patterns(guide.file) if not any(p.pattern.search(said) for said in SAID)]
    assert idle == []
