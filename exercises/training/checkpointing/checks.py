import pytest
import torch

from torchdojo.checkers import assert_equal, assert_same_state, assert_type


def runs(submission, rng, count=2, scheduled=True):
    """The same run several times, each from other weights, and a folder."""
    x, y = torch.randn(8, 4, generator=rng), torch.randint(3, (8,), generator=rng)
    made = []
    for _ in range(count):
        weights = [torch.randn(shape, generator=rng) for shape in ((6, 4), (6,), (6,), (3, 6), (3,))]
        made.append(submission.support.Run(weights, x, y, scheduled))
    return submission.support.Folder(), *made


def save(submission, folder, run, epoch=1, metric=0.5):
    submission.save_checkpoint(folder.file(), run.model, run.optimizer, epoch, metric, run.scheduler)


def load(submission, folder, run):
    return submission.load_checkpoint(folder.file(), run.model, run.optimizer, run.scheduler)


def test_model_comes_back(submission, rng):
    """Parameters and buffers are what they were when you saved, also if the run has gone on since."""
    folder, run, fresh = runs(submission, rng)
    run.train(2)
    expected = run.state()
    save(submission, folder, run)
    run.train(1)
    load(submission, folder, fresh)
    assert_same_state(fresh.state(), expected)
    load(submission, folder, run)
    assert_same_state(run.state(), expected)
    folder.remove()


@pytest.mark.parametrize("epoch", [0, 7])
def test_next_epoch_and_best_metric(submission, rng, epoch):
    """The saved epoch is finished: go on with the one after it, and hand the metric back as a float."""
    folder, run, fresh = runs(submission, rng)
    save(submission, folder, run, epoch=epoch, metric=0.125)
    got = load(submission, folder, fresh)
    assert_type(got, tuple)
    assert_equal(len(got), 2, label="the number of values returned")
    assert_equal(got[0], epoch + 1, label="the next epoch")
    assert_equal(got[1], 0.125, label="the best metric")
    folder.remove()


@pytest.mark.parametrize("scheduled", [False, True], ids=["without schedule", "with schedule"])
def test_resumed_run_goes_on_exactly(submission, rng, scheduled):
    """Momenta, learning rate, schedule and the random generator for dropout: what one misses shows in the next epochs."""
    folder, run, fresh = runs(submission, rng, scheduled=scheduled)
    run.seed(11)
    run.train(3)
    save(submission, folder, run)
    run.train(3)
    expected, number = run.state(), run.draw()
    fresh.seed(99)
    fresh.train(2)
    load(submission, folder, fresh)
    fresh.train(3)
    assert_same_state(fresh.state(), expected)
    assert_equal(fresh.draw(), number, label="the next random numbers")
    folder.remove()


def test_saving_does_not_disturb_the_run(submission, rng):
    """A run with checkpoints draws the same random numbers as one without."""
    folder, run = runs(submission, rng, count=1)
    run.seed(5)
    expected = run.draw()
    run.seed(5)
    save(submission, folder, run)
    assert_equal(run.draw(), expected, label="the next random numbers")
    folder.remove()


@pytest.mark.parametrize("kind", ["float", "tensor", "numpy float64", "numpy float32"])
def test_file_can_be_loaded_safely(submission, rng, kind):
    """Safe loading knows tensors and plain Python values. A metric of another kind has to become a float first."""
    folder, run, fresh = runs(submission, rng, scheduled=False)
    submission.support.save_with(submission.save_checkpoint, folder.file(), run, kind)
    assert folder.safe()
    got = submission.load_checkpoint(folder.file(), fresh.model)
    assert_type(got[1], float, "the best metric")
    assert_equal(got[1], 0.25, label="the best metric")
    folder.remove()


def test_code_in_a_file_is_not_run(submission, rng):
    """A pickle can call any function while it is read: load with weights_only=True."""
    folder, run = runs(submission, rng, count=1)
    folder.write_evil()
    with pytest.raises(Exception):  # noqa: B017
        load(submission, folder, run)
    assert "touched" not in folder.names(), "loading the file ran code that was hidden in it"
    folder.remove()


@pytest.mark.parametrize("as_path", [False, True], ids=["string", "Path"])
def test_only_the_checkpoint_is_left_in_the_folder(submission, rng, as_path):
    """What you write on the way has to be gone at the end, and a second save takes the place of the first."""
    folder, run, fresh = runs(submission, rng, scheduled=False)
    for epoch in (1, 2):
        submission.save_checkpoint(folder.file(as_path=as_path), run.model, run.optimizer, epoch, 0.5)
        assert_equal(folder.names(), ["last.pt"], label="the files in the folder")
    assert_equal(submission.load_checkpoint(folder.file(as_path=as_path), fresh.model)[0], 3, label="the next epoch")
    folder.remove()


def test_old_file_survives_a_failed_save(submission, rng):
    """Writing straight to `path` empties the old file first. Write beside it, and move when all is well."""
    folder, run, fresh = runs(submission, rng)
    save(submission, folder, run, epoch=3)
    before = folder.contents()
    run.spoil()
    with pytest.raises(Exception):  # noqa: B017
        save(submission, folder, run, epoch=4)
    assert folder.contents() == before, "the old file was changed by a save that failed"
    assert_equal(folder.names(), ["last.pt"], label="the files in the folder")
    assert_equal(load(submission, folder, fresh)[0], 4, label="the next epoch")
    folder.remove()


def test_missing_schedule_is_noticed_in_time(submission, rng):
    """Look whether all is there before you change anything: a half restored run is worse than none."""
    folder, run, fresh = runs(submission, rng)
    run.seed(3)
    submission.save_checkpoint(folder.file(), run.model, run.optimizer, 1, 0.5)
    expected = fresh.state()
    fresh.seed(8)
    number = fresh.draw()
    fresh.seed(8)
    with pytest.raises((KeyError, ValueError)):
        load(submission, folder, fresh)
    assert_same_state(fresh.state(), expected)
    assert_equal(fresh.draw(), number, label="the next random numbers")
    folder.remove()


def test_loading_for_inference(submission, rng):
    """With the model alone, a checkpoint that holds optimizer and schedule loads all the same."""
    folder, run, fresh = runs(submission, rng)
    run.train(1)
    save(submission, folder, run)
    assert_equal(submission.load_checkpoint(folder.file(), fresh.model)[0], 2, label="the next epoch")
    assert_same_state(fresh.state(), run.state())
    folder.remove()


def test_file_from_a_gpu_loads_without_one(submission, rng):
    """Every saved tensor remembers its device: load with map_location, or the file needs the machine it was made on."""
    folder, run, fresh = runs(submission, rng, scheduled=False)
    submission.support.save_as_on_gpu(submission.save_checkpoint, folder.file(), run)
    load(submission, folder, fresh)
    assert_same_state(fresh.state(), run.state())
    folder.remove()
