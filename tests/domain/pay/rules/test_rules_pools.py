"""Rule R42 at its bounds, worked by hand (amounts in minor units). Examples by hypothesis, fixed seeds."""

from decimal import Decimal
from fractions import Fraction
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from salesapi.domain.pay.rules import pools
from salesapi.domain.shared.money import RoundingMode
from tests.spec import uid


def pool_terms(
    division: pools.PoolDivision,
    unqualified: pools.UnqualifiedShare = "redistributed",
    rounding: RoundingMode = "half_up",
) -> pools.TeamPoolTerms:
    return pools.TeamPoolTerms(rate_percent=Decimal(2), division=division, unqualified=unqualified, rounding=rounding)


def member(
    number: int, days: int = 30, points: str = "1", contribution: int = 0, is_qualified: bool = True
) -> pools.PoolMember:
    return pools.PoolMember(
        member_id=uid(number),
        days=days,
        share_points=Decimal(points),
        contribution=Fraction(contribution),
        is_qualified=is_qualified,
    )


def parts(terms: pools.TeamPoolTerms, pool_minor: int, *members: pools.PoolMember) -> list[int]:
    found = {part.member_id: part.part_minor for part in pools.pool_parts(terms, pool_minor, members)}
    return [found[one.member_id] for one in members]


@pytest.mark.parametrize(
    ("measure", "rounding", "pool_minor"),
    [
        (500_000, "half_up", 10_000),
        (25, "half_up", 1),
        (25, "down", 0),
        (0, "half_up", 0),
        (-500_000, "half_up", -10_000),
    ],
)
def test_a_pool_is_a_share_of_what_the_team_did(measure: int, rounding: RoundingMode, pool_minor: int) -> None:
    assert pools.team_pool(pool_terms("equal", rounding=rounding), Fraction(measure)) == pool_minor


@pytest.mark.parametrize(
    ("division", "members", "expected"),
    [
        ("equal", (member(1), member(2), member(3)), [3_334, 3_333, 3_333]),
        ("equal", (member(3), member(2), member(1)), [3_333, 3_333, 3_334]),  # the residual by id, not by order
        ("equal", (member(1), member(2, days=15), member(3, days=0)), [6_667, 3_333, 0]),  # 30 : 15 : 0 days
        ("share_points", (member(1, points="1.5"), member(2, points="1")), [6_000, 4_000]),
        ("share_points", (member(1, points="1.5", days=20), member(2, points="1")), [5_000, 5_000]),  # 30 : 30
        ("leader", (member(1, points="1.5", days=1), member(2, points="1")), [6_000, 4_000]),  # days do not weigh again
        ("leader", (member(1), member(2), member(3)), [3_334, 3_333, 3_333]),
        ("contribution", (member(1, contribution=700, days=1), member(2, contribution=300)), [7_000, 3_000]),
        ("contribution", (member(1, contribution=700), member(2, contribution=-300)), [10_000, 0]),
        ("contribution", (member(1), member(2)), [0, 0]),
        ("equal", (), []),
    ],
)
def test_a_pool_is_divided_as_the_plan_says(
    division: pools.PoolDivision, members: tuple[pools.PoolMember, ...], expected: list[int]
) -> None:
    assert parts(pool_terms(division), 10_000, *members) == expected


@pytest.mark.parametrize(
    ("unqualified", "expected"), [("redistributed", [5_000, 0, 5_000]), ("lapses", [3_334, 0, 3_333])]
)
def test_the_part_of_an_unqualified_member_goes_to_the_others_or_lapses(
    unqualified: pools.UnqualifiedShare, expected: list[int]
) -> None:
    team = (member(1), member(2, is_qualified=False), member(3))
    assert parts(pool_terms("equal", unqualified), 10_000, *team) == expected


@given(
    st.integers(min_value=-(10**12), max_value=10**12),
    st.lists(
        st.builds(
            member,
            st.integers(min_value=1, max_value=10**6),
            st.integers(min_value=0, max_value=31),
            st.sampled_from(("0", "0.3", "1", "1.25")),
            st.integers(min_value=-5, max_value=10**9),
        ),
        min_size=1,
        max_size=12,
        unique_by=lambda one: one.member_id,
    ),
    st.sampled_from(("equal", "share_points", "contribution", "leader")),
    st.data(),
)
def test_the_parts_add_up_to_the_pool_whatever_the_order(
    pool_minor: int, members: list[pools.PoolMember], division: pools.PoolDivision, data: st.DataObject
) -> None:
    found = pools.pool_parts(pool_terms(division), pool_minor, members)
    has_weight = any(part.weight for part in found)
    assert sum(part.part_minor for part in found) == (pool_minor if has_weight else 0)
    assert pools.pool_parts(pool_terms(division), pool_minor, data.draw(st.permutations(members))) == found
    mirrored: dict[UUID, int] = {
        part.member_id: -part.part_minor for part in pools.pool_parts(pool_terms(division), -pool_minor, members)
    }
    assert mirrored == {part.member_id: part.part_minor for part in found}
