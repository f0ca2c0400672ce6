"""A wrong pair at a joint of the domain does not type-check: each line here is refused by mypy, as the project runs it."""

import re
import subprocess
import sys
from pathlib import Path
from typing import Final

import pytest

ROOT: Final = Path(__file__).parent.parent
TOLD: Final = re.compile(r"^[^:]+:(\d+): error: (.*)$", re.MULTILINE)
MYPY_TIMEOUT_S: Final = 300

EXAMPLES: Final = Path(__file__).with_name("joint_examples.py").read_text()
A_DEAL: Final = 'Stream[Deal, DealEvent](kind="deal", plural="deals", evolve=evolve, commands=({},))'

RIGHT: Final = (
    A_DEAL.format('changes(WinDeal, decide=win, roles=SELLERS, target="deal_id")'),
    A_DEAL.format("creates(OpenDeal, decide=open_deal, roles=SELLERS, identity=external_identity)"),
    "following(ConvertLead, convert_lead)",
    'made_from(Parcel, Weighed(kind="box", grams=1))',
    'made_from(Parcel, Sent(kind="box", grams="1"), grams=1, note="")',
    "changed(PARCEL, Reweighed())",
    'changed(PARCEL, Relabelled(note=""), grams=1, note="")',
    "differing(Reweighed, Reweighed(), known=PARCEL)",
    'differing(Reweighed, Relabelled(note=""), known=PARCEL, grams=1)',
)
WRONG: Final = (
    ("the decider of another command", 'changes(WinDeal, decide=lose, roles=SELLERS, target="deal_id")', '"decide"'),
    (
        "the decider of another stream",
        A_DEAL.format('changes(QualifyLead, decide=qualify, roles=SELLERS, target="lead_id")'),
        'Argument "decide" to "changes" has incompatible type',
    ),
    (
        "a decider that leads to events of another stream",
        A_DEAL.format('changes(WinDeal, decide=win_a_lead, roles=SELLERS, target="deal_id")'),
        'Argument "decide" to "changes" has incompatible type',
    ),
    (
        "a decider that cannot begin a thing",
        A_DEAL.format("creates(WinDeal, decide=win, roles=SELLERS)"),
        'Argument "decide" to "creates" has incompatible type',
    ),
    (
        "a change that does not say of what",
        "changes(WinDeal, decide=win, roles=SELLERS)",
        'Missing named argument "target" for "changes"',
    ),
    (
        "a role that is none",
        'changes(WinDeal, decide=win, roles=roles("boss"), target="deal_id")',
        'Argument 1 to "roles" has incompatible type',
    ),
    (
        "the natural key of another command",
        A_DEAL.format("creates(OpenDeal, decide=open_deal, roles=SELLERS, identity=key_of_lead)"),
        'Argument "identity" to "creates" has incompatible type',
    ),
    (
        "an external id where the command has none",
        "creates(ValueDeal, decide=value, roles=SELLERS, identity=external_identity)",
        'Argument "identity" to "creates" has incompatible type',
    ),
    (
        "needs of another stream's state",
        A_DEAL.format('changes(WinDeal, decide=win, roles=SELLERS, target="deal_id", needs=needs_of_lead)'),
        'Argument "needs" to "changes" has incompatible type',
    ),
    (
        "needs of another command",
        A_DEAL.format('changes(WinDeal, decide=win, roles=SELLERS, target="deal_id", needs=needs_to_lose)'),
        'Argument "needs" to "changes" has incompatible type',
    ),
    (
        "needs that name no stream",
        A_DEAL.format('changes(WinDeal, decide=win, roles=SELLERS, target="deal_id", needs=needs_text)'),
        'Argument "needs" to "changes" has incompatible type',
    ),
    (
        "the stream of another command",
        "acts_on(EndEnrolment, decide=end, roles=SELLERS, stream_of=lead_of)",
        'Argument "stream_of" to "acts_on" has incompatible type',
    ),
    (
        "the fold of another stream",
        'Stream[Deal, DealEvent](kind="deal", plural="deals", evolve=evolve_lead, commands=())',
        'Argument "evolve" to "Stream" has incompatible type',
    ),
    (
        "a fold that leaves an event out",
        'Stream[Lead, LeadEvent | DealWon](kind="lead", plural="leads", evolve=evolve_lead, commands=())',
        'Argument "evolve" to "Stream" has incompatible type',
    ),
    (
        "the owner of another stream's state",
        'Stream[Deal, DealEvent](kind="deal", plural="deals", evolve=evolve, commands=(), owner=owner_of_lead)',
        'Argument "owner" to "Stream" has incompatible type',
    ),
    (
        "an owner that is no id",
        'Stream[Deal, DealEvent](kind="deal", plural="deals", evolve=evolve, commands=(), owner=name_of_owner)',
        'Argument "owner" to "Stream" has incompatible type',
    ),
    (
        "a record made from one where a field has another type",
        'made_from(Parcel, Sent(kind="box", grams="1"), note="")',
        'Missing named argument "grams" for "made_from" of "Parcel"',
    ),
    (
        "a record made from one that shadows a default with another type",
        'made_from(Parcel, Sent(kind="box", grams="1"), grams=1)',
        'Missing named argument "note" for "made_from" of "Parcel"',
    ),
    (
        "a record made from one that lacks a field",
        "made_from(Weighed, LeadQualified(), grams=1)",
        'Missing named argument "kind" for "made_from" of "Weighed"',
    ),
    (
        "a record made with a value of another type",
        'made_from(Weighed, LeadQualified(), kind="box", grams="1")',
        'Argument "grams" to "made_from" of "Weighed" has incompatible type',
    ),
    (
        "a change that says a value of another type",
        'changed(PARCEL, Relabelled(note=""), note="")',
        'Missing named argument "grams" for "changed" of "Parcel"',
    ),
    (
        "a change that always says a value",
        'changed(PARCEL, Relabelled(note=""), grams=1)',
        'Missing named argument "note" for "changed" of "Parcel"',
    ),
    (
        "a change with a value of another type",
        'changed(PARCEL, Reweighed(), grams="1")',
        'Argument "grams" to "changed" of "Parcel" has incompatible type',
    ),
    (
        "what differs in a value of another type",
        'differing(Reweighed, Relabelled(note=""), known=PARCEL)',
        'Missing named argument "grams" for "differing" of "Reweighed"',
    ),
    ("what differs as no record", "differing(PARCEL, Reweighed(), known=PARCEL)", "is the class of a record"),
    ("what follows from another command", "following(WinDeal, convert_lead)", 'to "following" has incompatible type'),
)


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> dict[int, str]:
    """Collects what mypy says of all lines, by the place of the line among the right and the wrong ones."""
    lines = [*RIGHT, *(line for _, line, _ in WRONG)]
    file = tmp_path_factory.mktemp("joints") / "joints.py"
    file.write_text(EXAMPLES + "\n".join(lines) + "\n")
    ran = subprocess.run(
        [sys.executable, "-m", "mypy", "--no-pretty", "--no-error-summary", str(file)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=MYPY_TIMEOUT_S,
    )
    first = EXAMPLES.count("\n") + 1
    found: dict[int, str] = {}
    for number, text in TOLD.findall(ran.stdout):
        place = int(number) - first
        found[place] = f"{found.get(place, '')}{text}\n"
    assert ran.returncode == 1, ran.stderr
    return found


def test_right_pairs_are_not_refused(told: dict[int, str]) -> None:
    assert not {place: text for place, text in told.items() if place < len(RIGHT)}


@pytest.mark.parametrize("place", range(len(WRONG)), ids=[name for name, _, _ in WRONG])
def test_a_wrong_pair_does_not_type_check(place: int, told: dict[int, str]) -> None:
    _, _, text = WRONG[place]
    assert text in told.get(len(RIGHT) + place, "nothing")
