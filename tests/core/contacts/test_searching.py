"""Who looks for a resident finds their own, and gathers nothing."""

from hypothesis import given
from hypothesis import strategies as st

from kinline.core.contacts import AT_MOST_SHOWN, Person, SearchBy, Sought, shown_as, who_is_shown

MARCUS = Person(1, "100001", "Marcus Doucet")
JOSE = Person(2, "A-77", "José García López")
PEOPLE = (MARCUS, JOSE, Person(3, "100003", "Mary Doucet"), Person(4, "100004", "Prince"))
words = st.text("abcdeé -", max_size=8)
people = st.lists(
    st.builds(Person, st.integers(), st.text("0123456789", max_size=3), st.text("abc é", max_size=9)), max_size=9
)


def found(by: SearchBy, number: str = "", first: str = "", last: str = "") -> list[int]:
    return [person.id for person in who_is_shown(by, Sought(number, first, last), PEOPLE)]


def test_each_facility_asks_for_what_it_asks_for() -> None:
    assert found(SearchBy.NUMBER, " 100001 ") == [1]
    assert found(SearchBy.NUMBER, first="Marcus", last="Doucet") == []
    assert found(SearchBy.NUMBER_AND_NAME, "100001") == []
    assert found(SearchBy.NUMBER_AND_NAME, "100001", last="doucet") == [1]
    assert found(SearchBy.NUMBER_AND_NAME, "100001", last="Doucette") == []
    assert found(SearchBy.NUMBER_AND_NAME, first="Marcus", last="Doucet") == []
    assert found(SearchBy.NAME, first="Marcus", last="Doucet") == [1]
    assert found(SearchBy.NAME, last="Doucet") == []
    assert found(SearchBy.NAME, "a-77", last="lopez") == [2]
    assert found(SearchBy.NAME, "a-77", first="Jose", last="garcia LOPEZ") == [2]


def test_a_part_of_a_name_finds_nobody() -> None:
    assert found(SearchBy.NAME, first="Marc", last="Doucet") == []
    assert found(SearchBy.NAME, first="Marcus", last="Dou") == []
    assert found(SearchBy.NAME, first="Prince", last="Prince") == []


def test_too_many_matches_are_shown_as_none() -> None:
    crowd = [Person(each, str(each), "Ana Paz") for each in range(AT_MOST_SHOWN + 1)]
    sought = Sought(first_name="Ana", last_name="Paz")
    assert len(who_is_shown(SearchBy.NAME, sought, crowd[1:])) == AT_MOST_SHOWN
    assert who_is_shown(SearchBy.NAME, sought, crowd) == ()


@given(st.sampled_from(SearchBy), words, words, words, people)
def test_nobody_is_shown_without_a_whole_number_or_a_whole_last_name(
    by: SearchBy, number: str, first: str, last: str, everybody: list[Person]
) -> None:
    shown = who_is_shown(by, Sought(number, first, last), everybody)
    assert len(shown) <= AT_MOST_SHOWN
    if shown and by is not SearchBy.NUMBER:
        assert last.strip(" -")
    if not number.strip() and by is not SearchBy.NAME:
        assert shown == ()


def test_a_match_is_shown_by_first_name_and_initial() -> None:
    assert [shown_as(person.name) for person in PEOPLE] == ["Marcus D.", "José L.", "Mary D.", "Prince"]
