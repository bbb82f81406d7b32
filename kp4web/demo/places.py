"""Where people live: villages with their postcode area, streets, and a place to go in town."""

from collections.abc import Mapping

WEST_BETUWE: Mapping[str, str] = {
    "Geldermalsen": "4191", "Beesd": "4153", "Asperen": "4147", "Herwijnen": "4171",
    "Vuren": "4214", "Haaften": "4175", "Waardenburg": "4181", "Est": "4185", "Opijnen": "4184",
    "Meteren": "4194", "Tricht": "4196", "Deil": "4158", "Rumpt": "4156", "Heukelum": "4161",
    "Spijk": "4212", "Hellouw": "4174", "Buurmalsen": "4197", "Varik": "4064", "Ophemert": "4061",
    "Rhenoy": "4152", "Acquoy": "4151", "Enspijk": "4157", "Neerijnen": "4182",
}  # fmt: skip
BUREN: Mapping[str, str] = {
    "Buren": "4116", "Maurik": "4021", "Lienden": "4033", "Beusichem": "4112", "Zoelen": "4011",
    "Eck en Wiel": "4024", "Ingen": "4031", "Ommeren": "4032", "Ravenswaaij": "4119",
}  # fmt: skip
VILLAGES: Mapping[str, Mapping[str, str]] = {
    "west-betuwe": WEST_BETUWE,
    "buren": BUREN,
    "culemborg": {"Culemborg": "4101"},
    "maasdriel": {"Kerkdriel": "5331", "Hedel": "5321", "Rossum": "5328", "Ammerzoden": "5324"},
    "neder-betuwe": {"Opheusden": "4043", "Kesteren": "4041", "Ochten": "4051"},
    "tiel": {"Tiel": "4001", "Wadenoijen": "4014", "Kapel-Avezaath": "4013"},
    "west-maas-en-waal": {"Beneden-Leeuwen": "6658", "Wamel": "6659", "Dreumel": "6621"},
    "zaltbommel": {"Zaltbommel": "5301", "Brakel": "5306", "Gameren": "5311"},
}
LARGE = ("Geldermalsen", "Beesd", "Asperen", "Herwijnen", "Maurik", "Lienden", "Beusichem")
"""Villages where more people live."""

STREETS = (
    "Korenbloemweg", "Appelgaard", "Kersenhof", "Molenkampstraat", "Lingestraat", "Bongerdlaan",
    "Perenboog", "Meidoornpad", "Dijkgraafstraat", "Rietgorsstraat", "Tielerwaardhof",
    "Pruimengaarde", "Achterkade", "Boerenlandstraat", "Burgemeester Roelofslaan", "Elzenpad",
    "Kweepeerstraat", "Veldzicht", "Waalkant", "Notenboomerf", "Steenovenweg", "Zandwijkerpad",
    "Prinses Marijkehof", "Goudreinetstraat", "Kleine Spoorstraat", "Wilgenrijsweg",
)  # fmt: skip
HALLS = (
    "dorpshuis De Koekoek", "buurthuis De Appelkist", "de huiskamer van Welzijn", "MFC Het Veer",
    "dorpshuis Ons Honk", "inloop De Linge", "buurthuis De Pluktuin", "het kulturhus",
)  # fmt: skip
POSTCODE_LETTERS = "ABCEGHJKLMNPRTVWXZ"
