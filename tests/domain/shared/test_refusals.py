"""Refusals as people read them."""

from salesapi.domain.shared.kernel import ThingUnknown


def test_a_refusal_calls_a_thing_what_people_call_it() -> None:
    assert ThingUnknown(thing="payout_run", id="7").text == "There is no payout run 7."


def test_the_parameters_of_a_refusal_name_a_thing_alike_wherever_it_is_refused() -> None:
    told = [
        ThingUnknown(thing=thing, id="7", pointer="/plan_id") for thing in ("compensation_plan", "compensation plan")
    ]
    assert [(each.parameters["thing"], each.pointer) for each in told] == [("compensation plan", "/plan_id")] * 2
