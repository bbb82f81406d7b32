"""Names of invented people, per origin. No name is meant to be that of somebody who exists."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Pool:
    """First names and surnames of one origin; a surname may begin with its prefix and ``|``."""

    female: tuple[str, ...]
    male: tuple[str, ...]
    surnames: tuple[str, ...]
    language: str
    """Of the interpreter, when one is needed."""


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


def _lines(text: str) -> tuple[str, ...]:
    return tuple(name.strip() for name in text.split(","))


POOLS: dict[str, Pool] = {
    "dutch": Pool(
        female=_words(
            "Marjan Ria Corrie Gerda Wilma Anja Ingrid Petra Monique Sandra Esther Linda Bianca "
            "Marloes Kim Daniëlle Joke Tineke Hennie Jolanda Yvonne Karin Miranda Angelique Nel "
            "Willy Diana Patricia Mieke Annemiek Suzanne Chantal Roos Femke Geertje Trijnie"
        ),
        male=_words(
            "Henk Gerrit Arie Kees Dirk Wim Teus Jaap Bert Ruud Peter Marcel Richard Edwin Patrick "
            "Jeroen Dennis Sander Bas Rick Harrie Toon Co Leen Huib Ad Frans Ger Rinus Theo Johan "
            "André René Ronald Maurice Wouter Cor"
        ),
        surnames=_lines(
            "Verschuur, van den|Hoek, van|Zanten, de|Kock, de|Vries, Vermeulen, van der|Linden, "
            "Timmer, van|Buuren, den|Otter, Kusters, van|Wijk, van den|Broek, Peterse, Hakkert, "
            "Blom, Kersbergen, van|Ooijen, van der|Vliet, Ritmeester, Dekkers, Stuivenberg, "
            "van 't|Hof, op den|Akker, ter|Horst, Slootweg, Kievit, Bronkhuizen, van|Meteren, "
            "Roelofsen, de|Bruijn, Wagensveld, Kortekaas, van de|Water, Verhagen, Mulderij, "
            "Hoogendijk, van|Tuijl, Baars, Zandbergen, de|Ruiter, Snoeck, Kalkman, in 't|Veld, "
            "Brouwershaven, Pelgröm, van|Haaften, Groenendaal, de|Leeuw den Bouter, Schreuders, "
            "van den|Heuvel-van Nieuwenhuijzen Achterberg, Vroegindeweij, Koppelaar"
        ),
        language="",
    ),
    "frisian": Pool(
        female=_words("Sjoukje Tjitske Froukje Wytske Hiske Baukje"),
        male=_words("Sjoerd Wiebe Tjeerd Douwe Sietse Jelle"),
        surnames=_lines("Hoekstra, Dijkstra, Wiersma, Terpstra, Bylsma, Sinnema, Galama"),
        language="",
    ),
    "surinamese": Pool(
        female=_words("Sharda Cynthia Usha Merlien Indra Astrid Shanti"),
        male=_words("Soeresh Orlando Winston Rakesh Errol Clyde Anand"),
        surnames=_lines("Ramdhani, Pinas, Soekhlal, Leeflang, Bhagwandin, Misidjang, Kartosen"),
        language="",
    ),
    "turkish": Pool(
        female=_words("Emine Nermin Ayşe Hatice Zeynep Gülsüm Fadime Sevda Hülya Nurcan"),
        male=_words("Mehmet Hasan İbrahim Kemal Yusuf Orhan Cemal Ömer Recep Serkan"),
        surnames=_lines(
            "Yıldırım, Şahin, Özdemir, Kaya, Çelik, Aydın, Koçak, Güneş, Taşkıran, Öztürk, "
            "Karataş, Demirbağ"
        ),
        language="Turks",
    ),
    "polish": Pool(
        female=_words("Agnieszka Małgorzata Halina Bożena Grażyna Ewelina Dorota"),
        male=_words("Krzysztof Zbigniew Paweł Grzegorz Stanisław Łukasz Mirosław"),
        surnames=_lines(
            "Wiśniewska, Kowalczyk, Dąbrowski, Zielińska, Wójcik, Szymczak, Gołębiowski, Pawlak"
        ),
        language="Pools",
    ),
    "arabic": Pool(
        female=_words(
            "Samira Fatima-Zahra Khadija Naima Rachida Amal Hanan Souad Latifa Rania Maryam Yasmin"
        ),
        male=_words(
            "Mohamed Abdelkader Hassan Driss Khalid Nabil Omar Bilal Tarek Mahmoud Youssef Samir"
        ),
        surnames=_lines(
            "el|Amrani, Benhaddou, el|Khattabi, Bouzidi, al|Hamwi, Haddad, Ouali, al|Rashid, "
            "Abdelnour, el|Idrissi, Qassem, Chaouki, Darwish, ben|Salah"
        ),
        language="Arabisch",
    ),
    "ukrainian": Pool(
        female=_words("Oksana Lyudmyla Nataliya Halyna Iryna Svitlana"),
        male=_words("Volodymyr Mykola Oleksandr Serhiy Bohdan Vasyl"),
        surnames=_lines("Shevchuk, Kovalenko, Bondarchuk, Melnyk, Tkachenko, Hrytsenko, Lysenko"),
        language="Oekraïens",
    ),
}

ANY_ORIGIN = (
    *("dutch",) * 60, *("turkish",) * 9, *("polish",) * 8, *("arabic",) * 11,
    *("ukrainian",) * 3, *("surinamese",) * 5, *("frisian",) * 4,
)  # fmt: skip
"""Origins in the proportion in which they occur."""
NEWCOMER_ORIGIN = (*("turkish",) * 5, *("polish",) * 3, *("arabic",) * 7, *("ukrainian",) * 2)
"""Origins of people for whom Dutch is still difficult."""

CONTACTS: tuple[tuple[str, str, tuple[str, ...]], ...] = (
    ("Bewindvoerder", "Bewindvoering De Betuwe", ("mw. S. Brandsma", "dhr. T. Okkerse")),
    ("Ggz-behandelaar", "Ggz Rivierenland", ("mw. L. Vinkenoog", "dhr. M. el Harrak")),
    ("Huisarts", "Huisartsenpraktijk De Linge", ("mw. J. Tersteeg", "dhr. R. Paling")),
    ("Maatschappelijk werker", "Welzijn Betuwe", ("mw. A. Gündoğan", "dhr. P. Noordhuis")),
    ("Begeleider", "Thuis in de Betuwe", ("mw. C. de Wilde", "dhr. H. Lagerweij")),
    ("Wijkverpleegkundige", "Zorg aan de Linge", ("mw. F. Boukhris", "mw. E. Schaepman")),
    ("Jeugdconsulent", "Team Jeugd", ("mw. I. Kuyper-Staal", "dhr. D. Maliepaard")),
)
"""Role, organisation and names of professionals around residents; all invented."""
