"""Many dossiers at once, as ``demo load --clients`` makes them, for tests of speed."""

from sqlalchemy import select

from kp4web.accounts.models import User
from kp4web.demo.bulk import MUNICIPALITIES, fill
from kp4web.extensions import db
from tests.conftest import TODAY, short_lived

DOSSIERS, TOWNS, TALKS = 2_000, 20, 4


def add_towns(*sizes: int, talks: int = TALKS) -> None:
    """Add municipalities with so many dossiers each, next to each other; commits."""
    fill(db.session(), sizes=sizes, conversations=talks * sum(sizes), seed=4, today=TODAY)


def load_bulk(uri: str) -> None:
    """Fill a database with 2,000 dossiers in twenty municipalities."""
    with short_lived(uri):
        add_towns(*[DOSSIERS // TOWNS] * TOWNS)


def staff_of(place: int, name: str = "consulent1") -> User:
    """Return an account of one of the municipalities, counted from 0."""
    email = f"{name}@{MUNICIPALITIES[place].lower()}.example"
    return db.session.scalars(select(User).where(User.email == email)).one()
