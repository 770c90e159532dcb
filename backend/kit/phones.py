"""Phone numbers as they are said; they are stored in E.164.

>>> said_phone("+33499001234")
'04 99 00 12 34'
>>> said_phone("+41225550199")
'+41 22 555 01 99'
"""

import phonenumbers

HOME = 33


def said_phone(number: str) -> str:
    """'04 99 00 12 34' for a French number, else the international form; what cannot be read as it is."""
    try:
        parsed = phonenumbers.parse(number, "FR")
    except phonenumbers.NumberParseException:
        return number
    form = phonenumbers.PhoneNumberFormat
    national = parsed.country_code == HOME
    return phonenumbers.format_number(parsed, form.NATIONAL if national else form.INTERNATIONAL)
