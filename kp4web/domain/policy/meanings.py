"""The tables in words: who has a relation, for what purpose, what a level means."""

from collections.abc import Mapping

from kp4web.domain.actor import Role
from kp4web.domain.policy.matrix import Access, Relation
from kp4web.domain.policy.shared import FigureScope

WHO: Mapping[Relation, str] = {
    Relation.LEAD: "De consulent aan wie het dossier vandaag is toegewezen.",
    Relation.DEPUTY: "Wie de vaste consulent vervangt, zolang die afwezig is.",
    Relation.COLLEAGUE: (
        "Een andere consulent van het team dat het dossier heeft: Team Sociaal of Werkzaak."
    ),
    Relation.COORDINATOR: (
        "De coördinator van het team dat het dossier heeft: Team Sociaal of Werkzaak."
    ),
    Relation.INTAKE: (
        "Een intakeconsulent van Werkzaak, bij aanvragen van de eigen organisatie, "
        "tot de gemeente klantprofiel 4 accepteert."
    ),
    Relation.HANDED_ON: "Dezelfde intakeconsulent, nadat de gemeente heeft geaccepteerd.",
    Relation.HANDED_OVER: "De klantmanager van Werkzaak aan wie een KP3-overdracht is toegewezen.",
    Relation.AGENCY: "De coördinator van Werkzaak, bij aanvragen en overdrachten van Werkzaak.",
    Relation.INCOME: (
        "De inkomensconsulent van Werkzaak, bij inwoners met een lopend dossier in de gemeenten "
        "waarvoor Werkzaak werkt."
    ),
    Relation.POLICY: "De beleidsmedewerker van de gemeente, wie ook begeleidt.",
    Relation.DATA_PROTECTION: (
        "De functionaris gegevensbescherming (FG) van de gemeente, wie ook begeleidt."
    ),
    Relation.PRIVACY: "De privacy officer van de gemeente, wie ook begeleidt.",
    Relation.ADMINISTRATOR: "De functioneel beheerder van een organisatie.",
    Relation.OTHER_MUNICIPALITY: (
        "Wie bij een andere gemeente werkt, en het team dat het dossier niet meer heeft. Het "
        "dossier is er dan niet, ook niet als zoekresultaat of in een aantal op een lijst."
    ),
    Relation.WITH_REASON: (
        "Een collega of coördinator die een reden heeft opgegeven. Dat geldt 24 uur, voor één "
        "dossier. De vaste consulent krijgt bericht en het staat in het logboek."
    ),
}
PURPOSES: Mapping[Relation, str] = {
    Relation.LEAD: "De inwoner begeleiden.",
    Relation.DEPUTY: "De begeleiding voortzetten tijdens afwezigheid.",
    Relation.COLLEAGUE: "De inwoner kunnen helpen als die belt of aan de balie staat.",
    Relation.COORDINATOR: "Dossiers verdelen en zorgen dat niemand uit beeld raakt.",
    Relation.INTAKE: "De aanvraag behandelen en het klantprofiel vaststellen.",
    Relation.HANDED_ON: "Weten dat de overdracht is gelukt, en een eigen fout herstellen.",
    Relation.HANDED_OVER: "De inwoner naar werk begeleiden en daarover terugmelden.",
    Relation.AGENCY: "Zorgen dat geen aanvraag of overdracht blijft liggen.",
    Relation.INCOME: "De uitkering goed uitvoeren en weten wie men kan bellen.",
    Relation.POLICY: "De raad informeren met cijfers.",
    Relation.DATA_PROTECTION: "Toezicht houden op wie gegevens bekijkt.",
    Relation.PRIVACY: "Een inwoner geven waar die recht op heeft: inzage in de eigen gegevens.",
    Relation.ADMINISTRATOR: "Accounts en stamgegevens beheren, zonder inhoud van dossiers.",
    Relation.OTHER_MUNICIPALITY: "Geen.",
    Relation.WITH_REASON: "Helpen als het niet kan wachten op de vaste consulent.",
}
LEVELS: Mapping[Access, str] = {
    Access.WRITE: "Zien en veranderen.",
    Access.READ: "Zien, niet veranderen.",
    Access.REASON: "Pas zien nadat een reden is opgegeven, 24 uur, in dat ene dossier.",
    Access.STATUS: "Alleen een samenvatting of de stand. Welke, staat erbij.",
    Access.COUNTS: "Alleen meegeteld in een cijfer. Wie het zijn, is niet te zien.",
    Access.NONE: "Niets. Ook niet met zoeken, sorteren, tellen of in een uitdraai.",
}
"""What a level means, the furthest first."""

FIGURES: Mapping[FigureScope, str] = {
    FigureScope.MUNICIPALITY: (
        "Alle dossiers van de eigen gemeente, wie ook begeleidt, precies, met de dossiers van het "
        "eigen team erachter."
    ),
    FigureScope.HELD: (
        "De dossiers die Werkzaak op de peildatum begeleidde, precies, per gemeente of samen, met "
        "de dossiers erachter."
    ),
    FigureScope.COUNTS_ONLY: (
        "Alle dossiers van de eigen gemeente, wie ook begeleidt, alleen aantallen. Van 1 tot en "
        "met 4 staat er <5."
    ),
    FigureScope.OWN: "De dossiers waarvan men op de peildatum de vaste consulent was.",
}

RELATIONS_OF: Mapping[Role, tuple[Relation, ...]] = {
    Role.CONSULTANT: (Relation.LEAD, Relation.DEPUTY, Relation.COLLEAGUE),
    Role.COORDINATOR: (Relation.COORDINATOR,),
    Role.INTAKE: (Relation.INTAKE, Relation.HANDED_ON),
    Role.JOB_COACH: (Relation.HANDED_OVER,),
    Role.AGENCY_COORDINATOR: (Relation.AGENCY,),
    Role.INCOME_OFFICER: (Relation.INCOME,),
    Role.POLICY_OFFICER: (Relation.POLICY,),
    Role.DATA_PROTECTION_OFFICER: (Relation.DATA_PROTECTION,),
    Role.PRIVACY_OFFICER: (Relation.PRIVACY,),
    Role.ADMINISTRATOR: (Relation.ADMINISTRATOR,),
}
"""What somebody with a role can be; of consultants and coordinators the dossier decides."""
