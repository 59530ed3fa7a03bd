"""Several levels as one: what a family reads allows the calls that the levels allow, and no other."""

from dataclasses import replace

from core.policy.test_decide import some_facts, some_rules, well_behaved_facts
from hypothesis import given

from kinline.core.policy import Allow, CallFacts, Level, Rules, decide, together


@given(some_facts | well_behaved_facts, some_rules, some_rules)
def test_two_levels_decide_as_the_one_that_says_both(facts: CallFacts, one: Rules, other: Rules) -> None:
    one, other = (replace(each, numbers_allowed=None) for each in (one, other))
    apart = decide(replace(facts, rules=(one, other)))
    joined = decide(replace(facts, rules=(together((one, other)),)))
    assert isinstance(apart, Allow) is isinstance(joined, Allow)
    if isinstance(apart, Allow) and isinstance(joined, Allow):
        assert apart.limit.seconds == joined.limit.seconds
        assert (apart.payer, apart.funded_seconds, apart.closes_at) == (
            joined.payer,
            joined.funded_seconds,
            joined.closes_at,
        )


@given(some_rules)
def test_one_level_alone_is_itself(rules: Rules) -> None:
    said = replace(rules, level=Level.FACILITY, place="", numbers_allowed=None)
    assert together((said,)) == said
