"""The teaching material: what is the same in every language, and the texts."""

from datetime import date

from workshops.content.texts import LessonText, MaterialFacts, MaterialText
from workshops.enums import Illustration, MaterialLicence, MaterialState

MATERIALS: dict[str, MaterialFacts] = {
    "m1": MaterialFacts(
        version="0.4",
        state=MaterialState.PILOT,
        illustration=Illustration.FEED,
        grade_from=4,
        grade_to=6,
        minutes=180,
        lessons=4,
        licence=MaterialLicence.CC_BY_SA,
        subjects=("dansk", "klassens-tid"),
        topics=("feed", "boern-online"),
    ),
    "m2": MaterialFacts(
        version="0.9",
        state=MaterialState.EVALUATION,
        illustration=Illustration.MEGAPHONE,
        grade_from=7,
        grade_to=9,
        minutes=270,
        lessons=6,
        licence=MaterialLicence.CC_BY_SA,
        subjects=("samfundsfag", "historie", "dansk"),
        topics=("propaganda", "kilder"),
    ),
    "m3": MaterialFacts(
        version="1.2",
        state=MaterialState.PUBLISHED,
        illustration=Illustration.TALK,
        grade_from=0,
        grade_to=10,
        minutes=20,
        lessons=None,
        licence=MaterialLicence.CC_BY_SA,
        subjects=("klassens-tid",),
        topics=("svaere-samtaler",),
        decided_by="Kontorchefen for forebyggelse (demo)",
        decided_on=date(2026, 3, 12),
        decision_reference="2026-0000000",
    ),
}

MATERIALS_DA: dict[str, MaterialText] = {
    "m1": MaterialText(
        title="Feedet og mig",
        slug="feedet-og-mig",
        teaser="Fire lektioner, hvor klassen undersøger sine egne feeds uden at vise dem frem.",
        intro=(
            "<p>Eleverne holder dagbog over, hvad de ser, og hvordan det kom til dem. De leder efter mønstre, bygger et "
            "feed i klassen og skriver deres egne råd. Ingen skal vise deres telefon frem, og ingen skal fortælle, "
            "hvilke apps de bruger.</p>"
        ),
        learning_goals=(
            "Eleverne kan forklare, hvad et feed er, og hvordan det lærer dem at kende.",
            "Eleverne kan tale om, hvad de bliver glade, trætte og kede af på nettet.",
        ),
        learning_signs=(
            "Eleven bruger ordene «vælger», «gætter» og «gemmer» om et feed.",
            "Eleven kommer med et råd, som andre i klassen kan bruge.",
        ),
        lessons=(
            LessonText(
                "Hvad så du i går?",
                45,
                "<p>At lægge mærke til sine egne vaner uden at skamme sig over dem.</p>",
                "<ol><li>Skriv to ting, du så i går, og hvordan du fandt dem.</li><li>Sæt dem på tre bunker: jeg søgte, "
                "nogen sendte, det dukkede op.</li><li>Tæl bunkerne sammen på tavlen.</li></ol>",
                "<p>Eleverne opdager, at den største bunke er «det dukkede op».</p>",
            ),
            LessonText(
                "Vi bygger et feed",
                45,
                "<p>At forstå, at et feed vælger ud fra det, vi gør.</p>",
                "<p>Fire grupper får 20 kort. Efter hver runde flytter kort med mange klik frem. Sammenlign grupperne.</p>",
                "<p>Eleverne kan sige, hvorfor to grupper endte forskellige steder.</p>",
            ),
            LessonText(
                "Når det bliver for meget",
                45,
                "<p>At kende tegnene på, at man skal stoppe, og vide, hvem man kan gå til.</p>",
                "<p>Læs tre små historier højt. Tal to og to: Hvad ville du sige til en ven?</p>",
            ),
            LessonText(
                "Klassens egne råd",
                45,
                "<p>At skrive råd, som man selv tror på.</p>",
                "<p>Skriv, stem og hæng op. Vælg en dag om en måned, hvor I læser dem igen.</p>",
                "<p>Rådene handler om noget, man kan gøre i dag.</p>",
            ),
        ),
        state_note="Fire klasser på tre skoler er i gang. Eleverne svarer på de samme spørgsmål før og efter.",
    ),
    "m2": MaterialText(
        title="Bag om kampagnen",
        slug="bag-om-kampagnen",
        teaser="Seks lektioner med cases og dias, der skiller kampagner ad – og bygger en ny.",
        intro=(
            "<p>Materialet går i dybden, hvor workshoppen «Bag om propagandaen» slutter. Det kan også bruges alene. "
            "Casene er valgt, så ingen elev bliver gjort til et eksempel.</p>"
        ),
        learning_goals=(
            "Eleverne kan analysere afsender, modtager og hensigt i en kampagne.",
            "Eleverne kan forklare fem virkemidler med egne eksempler.",
        ),
        learning_signs=(
            "Eleven begrunder sin vurdering med noget, der kan ses eller høres.",
            "Eleven spørger til andres fortolkning, før hun er uenig.",
        ),
        lessons=(
            LessonText(
                "Hvad vil de have os til?",
                45,
                "<p>At finde afsender, modtager og hensigt.</p>",
                "<p>Sorter otte kampagner fra «oplyser» til «presser». Begrund placeringen.</p>",
            ),
            LessonText(
                "Et stærkt vi og et farligt dem",
                90,
                "<p>At genkende grebene og se, hvorfor de virker.</p>",
                "<p>Arbejd i par med en case fra 1930'erne og en fra i dag. Find fem greb i hver.</p>",
                "<p>Eleverne finder det samme greb i to forskellige tider.</p>",
            ),
            LessonText(
                "Byg jeres egen",
                90,
                "<p>At bruge grebene ansvarligt.</p>",
                "<p>Lav en kampagne for noget, skolen har brug for. Vis den, og lad de andre pege grebene ud.</p>",
            ),
            LessonText(
                "Hvad lærte vi?",
                45,
                "<p>At samle op og sætte ord på, hvad man vil holde øje med.</p>",
                "<p>Svar på evalueringens spørgsmål, og tal om det, der overraskede.</p>",
            ),
        ),
        state_note="Seks klasser har brugt materialet. Rapporten er på vej.",
    ),
    "m3": MaterialText(
        title="Tal om det",
        slug="tal-om-det",
        teaser="To sider med spørgsmål, der gør det lettere at tage den svære snak – derhjemme og i klassen.",
        intro=(
            "<p>Et samtaleark til forældre og lærere. Vælg ét spørgsmål, og begynd dér. Du behøver ikke have svaret, og du "
            "må gerne sige: «Det har jeg ikke tænkt over før».</p>"
        ),
        learning_goals=("At barnet oplever, at det kan komme til en voksen med noget svært.",),
        learning_signs=("Barnet vender selv tilbage til samtalen en anden dag.",),
        lessons=(
            LessonText(
                "En samtale på tyve minutter",
                20,
                "<p>At lytte længere, end man plejer.</p>",
                "<ol><li>Spørg: «Hvad har du set, som du bliver ved med at tænke på?»</li><li>Gentag det, du hørte.</li>"
                "<li>Spørg: «Hvad har du brug for fra mig?»</li></ol>",
                "<p>Barnet taler mere end den voksne.</p>",
            ),
        ),
    ),
}

MATERIALS_EN: dict[str, MaterialText] = {
    "m1": MaterialText(
        title="The feed and me",
        slug="the-feed-and-me",
        teaser="Four lessons in which the class looks into its own feeds without showing them. In Danish.",
        intro="<p>The pupils keep a diary of what they see and how it came to them, build a feed in class and write their "
        "own advice. The material itself is in Danish.</p>",
        learning_goals=("Pupils can explain what a feed is and how it gets to know them.",),
        learning_signs=("The pupil gives advice that others in the class can use.",),
        lessons=(),
        state_note="Four classes at three schools are trying it out.",
    ),
    "m2": MaterialText(
        title="Behind the campaign",
        slug="behind-the-campaign",
        teaser="Six lessons with cases and slides that take campaigns apart – and build a new one. In Danish.",
        intro="<p>Goes on where the workshop “Behind the propaganda” ends. It can also be used on its own.</p>",
        learning_goals=("Pupils can explain five tools with examples of their own.",),
        learning_signs=("The pupil gives reasons that can be seen or heard.",),
        lessons=(),
        state_note="Six classes have used it. The report is on its way.",
    ),
    "m3": MaterialText(
        title="Talk about it",
        slug="talk-about-it",
        teaser="Two pages of questions that make the difficult talk easier – at home and in class. In Danish.",
        intro="<p>A conversation sheet for parents and teachers. Choose one question and begin there.</p>",
        learning_goals=("The child finds that it can come to an adult with something difficult.",),
        learning_signs=("The child comes back to the conversation another day.",),
        lessons=(),
    ),
}
