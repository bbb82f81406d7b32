"""The six example cases of the deck (Denktank sociaal domein, 23-03-2021), as people."""

from datetime import date

from kp4web.demo.cast import Wish
from kp4web.demo.reports import theme
from kp4web.domain.tracks import Subgroup

TOWN = "west-betuwe"


def script(name: str) -> tuple[str, ...]:
    """Return the reports that tell a case, in order."""
    return tuple(theme("cases")[name])


DISABILITY = Wish(
    key="", municipality=TOWN, born=date(1972, 6, 14), female=True, given_name="Marjan",
    surname="van den|Akker", subgroups=(Subgroup.DISABILITY,), cause="mind",
    themes=("day_activity", "home"), words={"helper": "zus", "hobby": "schilderen"},
    approach="Bel vooraf en noem uw naam; een onbekend nummer neemt zij niet op.",
    script=script("disability"),
)  # fmt: skip
LANGUAGE = Wish(
    key="", municipality=TOWN, born=date(1967, 9, 2), female=True, given_name="Emine",
    surname="Yıldırım", subgroups=(Subgroup.LANGUAGE,), cause="body",
    themes=("language", "volunteer"), words={"helper": "dochter", "hobby": "koken"},
    approach="Spreek langzaam en in korte zinnen. Regel voor belangrijke dingen een tolk Turks.",
    script=script("language"),
)  # fmt: skip
NEAR_PENSION = Wish(
    key="", municipality=TOWN, born=date(1956, 1, 20), female=False, given_name="Gerrit",
    surname="de|Kock", subgroups=(Subgroup.NEAR_PENSION,), cause="pension",
    themes=("volunteer", "pension"), words={"helper": "zoon", "hobby": "houtbewerken"},
    approach="",
    script=script("near_pension"),
)  # fmt: skip
CAREGIVER = Wish(
    key="", municipality=TOWN, born=date(1988, 11, 19), female=True, given_name="Samira",
    surname="Bouzidi", subgroups=(Subgroup.CAREGIVER,), cause="carer", children=4,
    themes=("children", "volunteer"), words={"helper": "moeder", "hobby": "naaien"},
    approach="Afspraken onder schooltijd; niet bellen tussen half drie en half vier.",
    script=script("caregiver"),
)  # fmt: skip
IMPROVED = Wish(
    key="", municipality=TOWN, born=date(1963, 5, 8), female=False, given_name="Henk",
    surname="van|Zanten", subgroups=(Subgroup.IMPROVED,), cause="pension",
    themes=("volunteer", "home"), words={"helper": "dochter", "hobby": "fietsen repareren"},
    approach="",
    script=script("improved"),
)  # fmt: skip
WIFE = Wish(
    key="", municipality=TOWN, born=date(1964, 3, 27), female=True, given_name="Truus",
    surname="van|Zanten-Bongers", subgroups=(Subgroup.DISABILITY,), cause="body",
    approach="Haar man zorgt voor haar en is bij elk gesprek welkom.",
)  # fmt: skip
HIDDEN_MAN = Wish(
    key="", municipality=TOWN, born=date(1962, 2, 11), female=False, given_name="Dirk",
    surname="Verschuur", subgroups=(Subgroup.HIDDEN_PROBLEMS,), cause="body",
    themes=("distrust", "housing", "debts"), words={"helper": "schoonzus", "hobby": "vissen"},
    approach="Altijd aankondigen en op tijd komen. Zeg wat u opschrijft. Leest weinig: bel liever.",
    script=script("hidden_man"),
)  # fmt: skip
HIDDEN_WOMAN = Wish(
    key="", municipality=TOWN, born=date(1964, 8, 27), female=True, given_name="Ria",
    surname="Verschuur-Timmer", subgroups=(Subgroup.HIDDEN_PROBLEMS,), cause="mind",
    themes=("debts", "distrust", "home"), words={"helper": "zus", "hobby": "breien"},
    approach="Samen met haar man bezoeken. Niet onverwacht langsgaan; leest weinig.",
    script=script("hidden_woman"),
)  # fmt: skip
NAMED = (
    Wish(key="", municipality=TOWN, given_name="Zoë", surname="O'Brien-Şahin", female=True),
    Wish(key="", municipality=TOWN, given_name="Anne-Fleur", female=True,
         surname="van den|Heuvel-van Nieuwenhuijzen Achterberg"),
    Wish(key="", municipality=TOWN, given_name="Sjoerd", surname="Wiersma", female=False),
    Wish(key="", municipality=TOWN, given_name="Abdelkader", surname="el|Khattabi", female=False),
)  # fmt: skip
"""People with names that put search and layout to the test."""
