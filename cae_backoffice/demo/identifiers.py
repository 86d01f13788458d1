"""Numbers with right check digits that belong to nobody."""

from random import Random

from stdnum import luhn
from stdnum.iso7064 import mod_11_10

BANK = "99999"
LETTERS_AS_DIGITS = {"F": "15", "R": "27"}


def digits(dice: Random, length: int) -> str:
    """So many digits at random."""
    return "".join(str(dice.randrange(10)) for _ in range(length))


def siren(dice: Random) -> str:
    """A SIREN in the range that begins with 0, which INSEE does not allocate: no company has it."""
    stem = "0" + digits(dice, 7)
    return f"{stem}{luhn.calc_check_digit(stem)}"


def siret(dice: Random, of_siren: str) -> str:
    """An establishment of a company."""
    stem = f"{of_siren}000{dice.randrange(1, 10)}"
    return f"{stem}{luhn.calc_check_digit(stem)}"


def french_vat(of_siren: str) -> str:
    """The VAT number that follows from a SIREN."""
    return f"FR{(12 + 3 * (int(of_siren) % 97)) % 97:02d}{of_siren}"


def european_vat(dice: Random, country: str) -> str:
    """A VAT number of Belgium, Germany or Luxembourg."""
    if country == "BE":
        stem = "09" + digits(dice, 6)
        return f"BE{stem}{97 - int(stem) % 97:02d}"
    if country == "DE":
        stem = str(dice.randrange(1, 10)) + digits(dice, 7)
        return f"DE{stem}{mod_11_10.calc_check_digit(stem)}"
    stem = str(dice.randrange(1, 10)) + digits(dice, 5)
    return f"LU{stem}{int(stem) % 89:02d}"


def french_iban(dice: Random) -> str:
    """An account of a bank that does not exist, with the key of its RIB and that of the IBAN."""
    branch, account = digits(dice, 5), digits(dice, 11)
    key = 97 - (89 * int(BANK) + 15 * int(branch) + 3 * int(account)) % 97
    bban = f"{BANK}{branch}{account}{key:02d}"
    check = 98 - int(f"{bban}{LETTERS_AS_DIGITS['F']}{LETTERS_AS_DIGITS['R']}00") % 97
    return f"FR{check:02d}{bban}"


def mobile(dice: Random) -> str:
    """A mobile number of the range kept for fiction (Arcep, 06 39 98)."""
    return f"06 39 98 {digits(dice, 2)} {digits(dice, 2)}"


def landline(dice: Random) -> str:
    """A western landline of the range kept for fiction (Arcep, 02 61 91)."""
    return f"02 61 91 {digits(dice, 2)} {digits(dice, 2)}"
