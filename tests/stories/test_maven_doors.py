"""The figures of the published pipeline are the same through GraphQL as through REST, where they are compared with the key."""

import pytest

from tests.stories.conftest import Company

DOCUMENT = """
query($groupBy: [String!], $asOf: Date) {
  dealReport(groupBy: $groupBy, asOf: $asOf) {
    groups {
      keys { label value }
      deals open won lost undated winRate
      stages { stage deals }
      values { currency openAmountMinor wonAmountMinor wonMeanMinor wonMedianMinor }
      wonCycle { medianDays meanDays }
      lostCycle { medianDays meanDays }
      closedCycle { medianDays minDays maxDays }
    }
  }
}
"""
BIG = {"open_amount_minor", "won_amount_minor"}


def as_rest(value: object) -> object:
    """GraphQL's names and big integers in REST's form."""
    if isinstance(value, list):
        return [as_rest(each) for each in value]
    if isinstance(value, dict):
        named = {"".join(f"_{c.lower()}" if c.isupper() else c for c in name): as_rest(v) for name, v in value.items()}
        return {name: int(str(each)) if name in BIG and each is not None else each for name, each in named.items()}
    return value


def within(whole: object, part: object) -> object:
    """Those members of REST's answer that the GraphQL document asked for."""
    if isinstance(part, list) and isinstance(whole, list):
        assert len(whole) == len(part)
        return [within(each, asked) for each, asked in zip(whole, part, strict=True)]
    if isinstance(part, dict) and isinstance(whole, dict):
        return {name: within(whole[name], asked) for name, asked in part.items()}
    return whole


@pytest.mark.parametrize(
    "grouping",
    ["", "owner", "manager", "region", "product", "product_category", "attribute:sector", "closed_quarter"],
)
@pytest.mark.parametrize("as_of", ["", "2017-06-30"])
async def test_both_doors_report_the_same_figures(published: Company, grouping: str, as_of: str) -> None:
    params = {"groupBy": grouping, "asOf": as_of}
    by_rest = await published.report("deals", **{name: value for name, value in params.items() if value})
    variables = {"groupBy": [grouping] if grouping else None, "asOf": as_of or None}
    by_graphql = as_rest((await published.ask(DOCUMENT, **variables))["dealReport"]["groups"])
    assert by_graphql
    assert within(by_rest["groups"], by_graphql) == by_graphql
