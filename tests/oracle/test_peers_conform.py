"""Real optimizers of real frameworks, held against the certified oracle."""

import pytest

from refmath import conventions, rules
from refmath.oracle.adapters import resolve
from refmath.oracle.api import check

RAN = [c for c in conventions.ALL if c.ran]
FOREIGN = [c for c in RAN if c.framework != "refmath"]


def _canonical(convention: conventions.Convention) -> bool:
    rule = rules.get(convention.rule)
    return convention.form({}).recurrence == rule.recurrence


@pytest.mark.parametrize("dtype", ["float64", "float32"])
@pytest.mark.parametrize("convention", RAN, ids=lambda c: c.target)
def test_every_switch_of_a_peer_conforms_to_its_convention(
    convention: conventions.Convention, dtype: str
) -> None:
    """A framework's optimizer is exactly its convention, under every pair of switches."""
    places = list(convention.positions())
    report = check(convention.target, dtypes=[dtype], examples=max(40, 2 * len(places)))
    assert report.verdict == "CONFORMS", str(report)


OTHERS = [c for c in FOREIGN if not _canonical(c)]


@pytest.mark.parametrize("convention", OTHERS, ids=lambda c: c.target)
def test_a_peer_with_a_form_of_its_own_is_named(convention: conventions.Convention) -> None:
    """Held against the paper's form, a framework's own form is a VARIANT with its true name."""
    form = convention.form({})
    if form.name == "nesterov":
        rate = "outside" if form.setting("rate") == "inside" else "inside"
        vary = {"form": form.setting("form"), "rate": rate}
        report = check(convention.target, rule="nesterov", vary=vary, dtypes=["float64"])
    else:
        report = check(convention.target, rule=convention.rule, dtypes=["float64"])
    assert report.verdict == "VARIANT", str(report)
    same = [c.label for c in conventions.ALL if c.form({}).recurrence == form.recurrence]
    named = any(label in report.diagnosis[0] for label in same)
    assert named or all(f"{k}={v}" in report.diagnosis[0] for k, v in form.settings.items())


def test_a_convention_of_another_framework_is_rejected() -> None:
    """PyTorch's RMSProp is not Keras's, and the report says whose it is."""
    report = check("torch.optim:RMSprop", convention="keras", dtypes=["float64"])
    assert report.verdict == "VARIANT"
    assert "torch RMSprop" in report.diagnosis[0]


def test_every_optimizer_of_torch_that_has_a_convention_is_known() -> None:
    """The eight dense first-order optimizers of PyTorch are all covered."""
    names = {c.optimizer for c in RAN if c.framework == "torch"}
    expected = {"SGD", "Adam", "AdamW", "Adamax", "NAdam", "RMSprop", "Adagrad", "Adadelta"}
    assert names == expected
    assert all(resolve(c.target).convention is c for c in RAN)
