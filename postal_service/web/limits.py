"""How much the fields of forms take: a page lets in and its view reads exactly what stands here.

What a service or the law of an event bounds is taken from there; a number of our own is written
here once. A test compares every template with the view that reads it (tests/web/test_limits.py).
"""

from typing import Final, NamedTuple

from postal_service.domain import administrative, dossier_code, persons
from postal_service.domain.money import LARGEST_AMOUNT_DONG
from postal_service.ledger import shapes
from postal_service.services import (
    access,
    auditing,
    charges,
    checklist,
    digitisation,
    late_transfers,
    proposals,
    scanning,
)


class Between(NamedTuple):
    """A whole number, both ends included."""

    least: int
    most: int


# Lines, in characters.
LINE: Final = 200
PARAGRAPH: Final = 1_000
LIST: Final = 40_000  # codes, one a line: a hand-over of 500
REASON: Final = shapes.LONGEST_REASON
STEP_REASON: Final = administrative.LONGEST_REASON
NAME: Final = persons.LONGEST_NAME
ADDRESS: Final = persons.LONGEST_ADDRESS
PHONE: Final = 20  # with its blanks and country code
CITIZEN: Final = 20  # twelve digits with their blanks
UNIT: Final = 40
STAFF: Final = 40
BADGE: Final = 40
LOGIN: Final = 100
PASSWORD: Final = access.LONGEST_PASSWORD
SHORTEST_PASSWORD: Final = access.SHORTEST_PASSWORD
FACTOR_CODE: Final = 40  # six digits, or a recovery code with its hyphens
PIN: Final = 12
DOSSIER_CODE: Final = dossier_code.LONGEST
EVENT: Final = 40
ORDER: Final = 200
SERIAL: Final = shapes.LONGEST_SEAL
RUN: Final = 40
SCANNED: Final = scanning.LONGEST
CARD: Final = 2_000  # what a citizen's card says by its QR
DELIVERY_CODE: Final = 200
MESSAGE_CODE: Final = 6
FINGERPRINT: Final = 12
DOCUMENT: Final = 120  # the number or the day of a letter, a decision, a rule
REFERENCE: Final = charges.LONGEST_REFERENCE
TRANSFER_PURPOSE: Final = late_transfers.LONGEST_PURPOSE
AMOUNT_DIGITS: Final = len(str(LARGEST_AMOUNT_DONG))
DAY: Final = len("2026-12-31")
HOUR: Final = len("08:30")
DESCRIPTION: Final = 500
PURPOSE: Final = 200
LEDGER_SIZE: Final = 24  # figures, with the points that a paper sets between them
ASKED: Final = 40  # what a list is asked about
DOSSIER_QUERY: Final = 120
PROCEDURE_QUERY: Final = 100

# Whole numbers.
PAPERS: Final = Between(0, checklist.MOST_OF_ONE)
OLD_PAPERS: Final = Between(0, 99)
AMOUNT: Final = Between(0, LARGEST_AMOUNT_DONG)
PAID: Final = Between(1, LARGEST_AMOUNT_DONG)
PAGES: Final = Between(1, digitisation.MOST_PAGES)
PAPER_PLACE: Final = Between(0, 500)  # on the list of a procedure; 0 is the result
SEED: Final = Between(0, 999_999)
SAMPLE: Final = Between(1, auditing.LARGEST_SAMPLE)
BUDGET: Final = Between(1, int(proposals.LONGEST_BUDGET_SECONDS))
POSITION: Final = Between(1, 9_999)
TOUR: Final = Between(1, 9)
