"""The words of the agreements, in plain language, as they are signed. A version that somebody signed stays here."""

from collections.abc import Mapping
from dataclasses import dataclass

from .permissions import AgreementKind


@dataclass(frozen=True, slots=True)
class Section:
    """A heading and the paragraphs below it."""

    heading: str
    paragraphs: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class AgreementText:
    """An agreement in one language."""

    heading: str
    opening: str
    sections: tuple[Section, ...]


_CONFIDENTIALITY_EN = AgreementText(
    "Confidentiality agreement",
    "I work for the portals of UpGuide, of which Impr0ve-IT b.v. is responsible for the data. My work can show me data of people who trust us with it. This is what I promise them.",
    (
        Section(
            "What I keep to myself",
            (
                "Everything that I learn about a person through my work for UpGuide: who they are, what they wrote, that they have an account at all. I tell nobody, inside or outside Impr0ve-IT b.v., unless that person needs it for what the person asked, or the law obliges me to.",
                "This has no end. It goes on after my work has ended.",
            ),
        ),
        Section(
            "When I look",
            (
                "I look at data of a person only when my task asks for it, and I look at no more than the task needs. Each time I write down why, in words that the person may read.",
                "I know that each look is recorded with the moment and my reason, that the person is told, and that a colleague or the data-protection officer may ask me about it.",
            ),
        ),
        Section(
            "What I do not do",
            (
                "I do not look out of curiosity, for myself, or at the wish of somebody who is not entitled to it. I do not act in the name of another person, and I do not use the account of anybody else.",
                "I make no copies, pictures or notes of what I see outside the portals. Is a copy needed for a task, then I keep it safe and destroy it when the task is done.",
            ),
        ),
        Section(
            "How I keep it safe",
            (
                "My password and my second step are mine alone. I lock my screen when I leave it, and look at nobody's data where others can read along.",
            ),
        ),
        Section(
            "When something goes wrong",
            (
                "Do I see, or think, that data was lost or came into wrong hands, then I report it at once on the portal, also when it was my own mistake.",
            ),
        ),
        Section(
            "How long this counts",
            (
                "My signature counts for two years, or until there is a new version of this text. Without a signature that counts, the system shows me nothing of anybody. The duty to keep silent about what I saw stays.",
                "Whoever breaks this agreement can lose the role at once, and can be held to account under Dutch law.",
            ),
        ),
    ),
)

_CONFIDENTIALITY_NL = AgreementText(
    "Geheimhoudingsverklaring",
    "Ik werk voor de portalen van UpGuide. Voor de gegevens daarop is Impr0ve-IT b.v. verantwoordelijk. Door mijn werk kan ik gegevens zien van mensen die ze aan ons toevertrouwen. Dit beloof ik hun.",
    (
        Section(
            "Wat ik voor mij houd",
            (
                "Alles wat ik door mijn werk voor UpGuide over iemand te weten kom: wie diegene is, wat diegene schreef, en zelfs dat diegene een account heeft. Ik vertel het aan niemand, binnen of buiten Impr0ve-IT b.v., behalve aan wie het nodig heeft voor wat de persoon zelf vroeg, of als de wet mij ertoe verplicht.",
                "Hieraan komt geen einde. Het geldt ook nadat mijn werk is opgehouden.",
            ),
        ),
        Section(
            "Wanneer ik kijk",
            (
                "Ik bekijk gegevens van iemand alleen als mijn taak erom vraagt, en niet meer dan de taak nodig heeft. Elke keer schrijf ik op waarom, in woorden die de persoon mag lezen.",
                "Ik weet dat elke blik wordt vastgelegd, met het moment en mijn reden, dat de persoon bericht krijgt, en dat een collega of de functionaris gegevensbescherming mij ernaar kan vragen.",
            ),
        ),
        Section(
            "Wat ik niet doe",
            (
                "Ik kijk niet uit nieuwsgierigheid, niet voor mijzelf en niet omdat iemand erom vraagt die er geen recht op heeft. Ik handel niet uit naam van een ander en gebruik nooit het account van iemand anders.",
                "Ik maak geen kopieën, foto's of aantekeningen van wat ik zie buiten de portalen. Is voor een taak toch een kopie nodig, dan bewaar ik die veilig en vernietig ik die zodra de taak klaar is.",
            ),
        ),
        Section(
            "Hoe ik het veilig houd",
            (
                "Mijn wachtwoord en mijn tweede stap zijn alleen van mij. Ik vergrendel mijn scherm als ik wegga, en bekijk niemands gegevens waar anderen kunnen meelezen.",
            ),
        ),
        Section(
            "Als er iets misgaat",
            (
                "Zie of vermoed ik dat gegevens verloren zijn gegaan of in verkeerde handen zijn gekomen, dan meld ik dat meteen op het portaal, ook als het mijn eigen fout was.",
            ),
        ),
        Section(
            "Hoelang dit geldt",
            (
                "Mijn handtekening telt twee jaar, of tot er een nieuwe versie van deze tekst is. Zonder handtekening die telt, laat het systeem mij van niemand iets zien. De plicht om te zwijgen over wat ik zag, blijft.",
                "Wie zich hier niet aan houdt, kan de rol meteen verliezen en kan naar Nederlands recht ter verantwoording worden geroepen.",
            ),
        ),
    ),
)

_PROCESSOR_EN = AgreementText(
    "Processor agreement",
    "I am a professional member of UpGuide. Impr0ve-IT b.v. is the controller of the data on its portals. When I guide people there I process their data for that purpose, as a processor in the sense of Article 28 of the GDPR. This is what we agree.",
    (
        Section(
            "What it is about",
            (
                "The data of the people whom I guide: name, ways to reach them, their goals, progress and correspondence, and whatever else they share with me on the portal. It is there for their own development, for as long as I guide them, and for nothing else.",
            ),
        ),
        Section(
            "What I promise",
            (
                "I process the data only as the privacy statement and the portal say, which are the written instructions of Impr0ve-IT b.v. Does an instruction break the law in my opinion, then I say so at once.",
                "I keep silent about what I learn, and so does everybody who works for me and sees any of it.",
                "I protect the data: a password of my own, equipment that is kept up to date, and no copies outside the portal without need.",
                "I let nobody else process the data without the written permission of Impr0ve-IT b.v., and if I may, under the same promises.",
            ),
        ),
        Section(
            "When somebody asks for their rights",
            (
                "Does a person ask me to see, correct, erase or take along data, then I point to the page My data, and help where that page is not enough.",
            ),
        ),
        Section(
            "When something goes wrong",
            (
                "I report each breach of data, or what may be one, on the portal without delay and at the latest within 24 hours, with what I know of it.",
            ),
        ),
        Section(
            "In the end",
            (
                "When my guidance ends I destroy what I still have outside the portal. Impr0ve-IT b.v. may ask me to show that I keep this agreement, and I work along with a check.",
            ),
        ),
        Section(
            "What Impr0ve-IT b.v. promises",
            (
                "It keeps the portal as its privacy statement says, tells me of changes in time, and tells me of a breach that concerns people whom I guide.",
                "This agreement counts until there is a new version, or until my professional card ends. Dutch law holds.",
            ),
        ),
    ),
)

_PROCESSOR_NL = AgreementText(
    "Verwerkersovereenkomst",
    "Ik ben professioneel lid van UpGuide. Impr0ve-IT b.v. is verwerkingsverantwoordelijke voor de gegevens op haar portalen. Als ik daar mensen begeleid, verwerk ik hun gegevens voor dat doel, als verwerker in de zin van artikel 28 van de AVG. Dit spreken wij af.",
    (
        Section(
            "Waar het om gaat",
            (
                "De gegevens van de mensen die ik begeleid: hun naam, hoe zij te bereiken zijn, hun doelen, voortgang en correspondentie, en wat zij op het portaal verder met mij delen. Die gegevens zijn er voor hun eigen ontwikkeling, zolang ik hen begeleid, en voor niets anders.",
            ),
        ),
        Section(
            "Wat ik beloof",
            (
                "Ik verwerk de gegevens alleen zoals de privacyverklaring en het portaal zeggen; dat zijn de schriftelijke instructies van Impr0ve-IT b.v. Is een instructie volgens mij in strijd met de wet, dan zeg ik dat meteen.",
                "Ik zwijg over wat ik te weten kom, en dat doet ook iedereen die voor mij werkt en er iets van ziet.",
                "Ik bescherm de gegevens: met een wachtwoord dat alleen van mij is, met apparatuur die is bijgewerkt, en zonder onnodige kopieën buiten het portaal.",
                "Ik laat niemand anders de gegevens verwerken zonder schriftelijke toestemming van Impr0ve-IT b.v. Krijg ik die, dan gelden dezelfde beloften.",
            ),
        ),
        Section(
            "Als iemand een recht gebruikt",
            (
                "Vraagt iemand mij om inzage, verbetering, verwijdering of een kopie, dan wijs ik op de pagina Mijn gegevens, en help ik waar die pagina niet genoeg is.",
            ),
        ),
        Section(
            "Als er iets misgaat",
            (
                "Elk datalek, en alles wat er een kan zijn, meld ik onverwijld en uiterlijk binnen 24 uur op het portaal, met wat ik ervan weet.",
            ),
        ),
        Section(
            "Aan het einde",
            (
                "Eindigt mijn begeleiding, dan vernietig ik wat ik nog buiten het portaal heb. Impr0ve-IT b.v. mag mij vragen te laten zien dat ik mij aan deze overeenkomst houd, en aan een controle werk ik mee.",
            ),
        ),
        Section(
            "Wat Impr0ve-IT b.v. belooft",
            (
                "Zij houdt het portaal zoals haar privacyverklaring zegt, laat mij wijzigingen op tijd weten, en vertelt mij van een datalek dat mensen raakt die ik begeleid.",
                "Deze overeenkomst geldt tot er een nieuwe versie is, of tot mijn professionele kaart eindigt. Het Nederlandse recht is van toepassing.",
            ),
        ),
    ),
)

_SUPERVISION_EN = AgreementText(
    "Supervision agreement",
    "I supervise professionals who guide people on the portals of UpGuide. Impr0ve-IT b.v. is responsible for the data there. A professional may share a trajectory with me, so that I can help the professional to do the work well. This is what I promise to the professional and to the participant.",
    (
        Section(
            "What I may see",
            (
                "The name and photo of participants in my projects, and the goals and progress of a trajectory that was shared with me: no more, and only inside one and the same organisation.",
                "I know that the participant sees that it was shared, when and what, and may object. An objection ends the sharing at once, and I do not ask why.",
            ),
        ),
        Section(
            "What I use it for",
            (
                "To look with the professional at how the work goes. I take no decisions about the participant, do not approach the participant about it unless they wish so, and do not use it for judging or paying anybody.",
            ),
        ),
        Section(
            "What I keep to myself",
            (
                "Everything that I learn about a participant or about the professional. I tell nobody, also after the supervision has ended. What we discuss in a group is discussed without names.",
                "I make no copies and no notes outside the portal from which a participant can be recognised.",
            ),
        ),
        Section(
            "When something goes wrong",
            (
                "Was data lost or did it come into wrong hands, or may it have, then I report that on the portal at once.",
                "Is somebody in danger, then I follow the reporting code of my profession, and tell the professional and, where that is safe, the participant what I do.",
            ),
        ),
        Section(
            "How long this counts",
            (
                "Until there is a new version, or until my supervision ends. The duty to keep silent stays. Dutch law holds.",
            ),
        ),
    ),
)

_SUPERVISION_NL = AgreementText(
    "Supervisieovereenkomst",
    "Ik geef supervisie aan professionals die op de portalen van UpGuide mensen begeleiden. Voor de gegevens daar is Impr0ve-IT b.v. verantwoordelijk. Een professional kan een traject met mij delen, zodat ik kan helpen het werk goed te doen. Dit beloof ik de professional en de deelnemer.",
    (
        Section(
            "Wat ik mag zien",
            (
                "De naam en de foto van deelnemers in mijn projecten, en de doelen en voortgang van een traject dat met mij is gedeeld: niet meer, en alleen binnen een en dezelfde organisatie.",
                "Ik weet dat de deelnemer ziet dat er gedeeld is, wanneer en wat, en bezwaar mag maken. Een bezwaar beëindigt het delen meteen, en ik vraag niet waarom.",
            ),
        ),
        Section(
            "Waarvoor ik het gebruik",
            (
                "Om samen met de professional te kijken hoe het werk gaat. Ik neem geen beslissingen over de deelnemer, benader de deelnemer er niet over tenzij die dat wil, en gebruik het niet om iemand te beoordelen of te betalen.",
            ),
        ),
        Section(
            "Wat ik voor mij houd",
            (
                "Alles wat ik over een deelnemer of over de professional te weten kom. Ik vertel het aan niemand, ook niet nadat de supervisie is afgelopen. Wat in een groep besproken wordt, bespreken wij zonder namen.",
                "Ik maak geen kopieën, en buiten het portaal geen aantekeningen waaraan een deelnemer te herkennen is.",
            ),
        ),
        Section(
            "Als er iets misgaat",
            (
                "Zijn gegevens verloren gegaan of in verkeerde handen gekomen, of kan dat zo zijn, dan meld ik dat meteen op het portaal.",
                "Is iemand in gevaar, dan volg ik de meldcode van mijn beroep, en vertel ik de professional en, waar dat veilig is, de deelnemer wat ik doe.",
            ),
        ),
        Section(
            "Hoelang dit geldt",
            (
                "Tot er een nieuwe versie is, of tot mijn supervisie eindigt. De plicht om te zwijgen blijft. Het Nederlandse recht is van toepassing.",
            ),
        ),
    ),
)

TEXTS: Mapping[tuple[AgreementKind, int], Mapping[str, AgreementText]] = {
    (AgreementKind.CONFIDENTIALITY, 1): {"en": _CONFIDENTIALITY_EN, "nl": _CONFIDENTIALITY_NL},
    (AgreementKind.PROCESSOR, 1): {"en": _PROCESSOR_EN, "nl": _PROCESSOR_NL},
    (AgreementKind.SUPERVISION, 1): {"en": _SUPERVISION_EN, "nl": _SUPERVISION_NL},
}
