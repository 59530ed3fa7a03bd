"""Our table of area codes is that of the installed numbering plan data."""

import phonenumbers

from kinline.core.numbering import area_codes

_TERRITORIES = {"AS", "GU", "MP", "PR", "VI"}


def _regions() -> dict[str, str]:
    """Area code -> region, by the package's metadata, for codes of places."""
    found = {}
    for area in range(200, 1000):
        number = phonenumbers.PhoneNumber(country_code=1, national_number=area * 10**7 + 2_345_678)
        region = phonenumbers.region_code_for_number(number)
        kinds = (phonenumbers.PhoneNumberType.FIXED_LINE, phonenumbers.PhoneNumberType.FIXED_LINE_OR_MOBILE)
        fixed = phonenumbers.number_type(number) in (*kinds, phonenumbers.PhoneNumberType.UNKNOWN)
        if region and (fixed or region not in ("US", "CA")):
            found[str(area)] = region
    return found


def test_every_area_code_lies_in_the_country_that_the_numbering_plan_says() -> None:
    """A new area code has come into use when this fails: add it to the table, in its state or country."""
    ours = {code: state if state in _TERRITORIES else "US" for code, state in area_codes.STATES.items()}
    assert ours | area_codes.COUNTRIES == _regions()


def test_no_code_is_in_two_tables() -> None:
    tables = [
        set(area_codes.STATES),
        set(area_codes.COUNTRIES),
        area_codes.TOLL_FREE,
        area_codes.PREMIUM,
        area_codes.PERSONAL,
        area_codes.CARRIER,
    ]
    assert sum(map(len, tables)) == len(set().union(*tables))


def test_all_states_the_district_and_five_territories_are_there() -> None:
    assert len(set(area_codes.STATES.values())) == 50 + 1 + 5
