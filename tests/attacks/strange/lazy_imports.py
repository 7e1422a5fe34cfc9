# attack: modules that are imported in the call
# expect: passed
# exercise: losses/focal-loss
# base: solution
# place: after

_right = focal_loss


def focal_loss(logits, *args, **kwargs):
    import decimal, fractions, sqlite3, statistics, xml.dom.minidom

    import torch.distributions
    import torch.fft

    return _right(logits, *args, **kwargs) + 0 * statistics.mean([0.0, float(fractions.Fraction(0))])
