"""The Danish texts of a new portal."""

from portal.home.content.bodies import callout, contact, heading, links, questions, steps, text
from portal.home.content.texts import EntryText, HomeText, PageText

HOTLINE_NAME = "Hotline: bekymret for et menneske omkring dig?"
# As published by the municipality when this was written. Editors check it under "Sidehoved, sidefod og kontakt".
HOTLINE_PHONE = "41 74 90 90"
HOTLINE_HOURS = "Alle dage kl. 8–22. Du kan være anonym."

HOME = HomeText(
    title="Dannelsesportalen",
    slug="forside",
    headline="Stærke sammen, også når vi er uenige",
    lead=(
        "Workshops til skoleklasser, aftener for forældre og oplæg for voksne i København – om feeds, "
        "fællesskaber og samtaler, der kan bære uenighed."
    ),
    entries=(
        EntryText(
            "audience-school",
            "Skole",
            "Book en workshop til din klasse, og find materiale til undervisningen.",
            "offers",
            "maalgruppe=school",
        ),
        EntryText(
            "audience-parents",
            "Forældre",
            "Kom til en aften om dit barns liv online. Tag gerne en med.",
            "offers",
            "maalgruppe=parents",
        ),
        EntryText(
            "audience-adults",
            "Voksne og foreninger",
            "Få redskaber til de svære samtaler på arbejdspladsen og i foreningen.",
            "offers",
            "maalgruppe=adults",
        ),
        EntryText(
            "audience-professionals",
            "Fagpersoner",
            "Lær at se tegnene tidligt, og find ud af, hvem du kan ringe til.",
            "offers",
            "maalgruppe=professionals",
        ),
    ),
    help_title="Er du bekymret for nogen?",
    help_text=(
        "Du behøver ikke være sikker for at ringe. Tal med en rådgiver, der lytter og hjælper dig videre. "
        "Er nogen i fare lige nu, så ring 112."
    ),
)

OFFERS = PageText(
    title="Tilbud",
    slug="tilbud",
    lead="<p>Find en workshop til klassen, en aften for forældre eller et oplæg for voksne. Vælg, hvem det er til, og se de ledige tider.</p>",
)

MATERIAL = PageText(
    title="Undervisningsmateriale",
    slug="undervisningsmateriale",
    lead="<p>Materiale til undervisningen og til samtalen derhjemme. Det er gratis at bruge, og du kan se, om det er færdigt eller stadig bliver prøvet af i klasser.</p>",
)

ABOUT = PageText(
    title="Om portalen",
    slug="om-portalen",
    lead="Her booker skoler workshops, og her melder forældre, foreninger og fagpersoner sig til aftener og oplæg.",
    body=(
        text(
            "<p>Børn og unge møder holdninger, billeder og påstande hele dagen – i feedet, i frikvarteret og ved "
            "middagsbordet. De fleste klarer det fint. Alle har brug for nogen at tale med om det.</p>"
            "<p>Tilbuddene her giver børn, unge og voksne øvelse i at tænke selv, lytte til andre og sige fra. "
            "De er en del af Københavns Kommunes arbejde med at forebygge ekstremisme: ikke ved at pege nogen ud, "
            "men ved at gøre fællesskaberne stærke.</p>"
        ),
        heading("Sådan foregår det"),
        steps(
            (
                "Find et tilbud",
                "<p>Vælg klassetrin, fag eller bydel. På hvert tilbud står, hvad I får, hvor længe det varer, "
                "hvad det koster, og hvilke tider der er ledige.</p>",
            ),
            (
                "Book en tid",
                "<p>Du behøver ikke oprette dig som bruger. Skriv, hvem der kommer, se dine svar igennem, og send.</p>",
            ),
            (
                "Få en kvittering",
                "<p>Du får en e-mail med et referencenummer, en kalenderaftale og et link, hvor du kan ændre eller melde fra.</p>",
            ),
            (
                "Mød hinanden",
                "<p>Til workshops i skolen er læreren med hele tiden. Bagefter spørger vi kort, hvordan det gik.</p>",
            ),
        ),
        heading("Spørgsmål, vi ofte får"),
        questions(
            (
                "Hvem kan booke?",
                "<p>Lærere og pædagoger på københavnske skoler kan booke til deres klasse. Aftener og oplæg er for "
                "alle i målgruppen. Hvert tilbud fortæller, hvem det er til.</p>",
            ),
            (
                "Skal en lærer være med?",
                "<p>Ja. Læreren kender klassen og er med hele tiden. Så kan I tale videre om det, når underviseren er gået.</p>",
            ),
            (
                "Hvad gør jeg, hvis vi bliver færre?",
                "<p>Brug linket i din kvittering. Dér kan du se din booking og melde fra. Har du brug for at "
                "ændre noget, som linket ikke kan, så ring eller skriv til os med dit referencenummer.</p>",
            ),
            (
                "Hvad gemmer I om eleverne?",
                "<p>Ingen navne. Vi gemmer kun, hvor mange elever der kom. Læs mere på siden om "
                '<a href="/privatliv/">privatliv</a>.</p>',
            ),
            (
                "Hvem står for undervisningen?",
                "<p>Foreninger, virksomheder og kommunens egne medarbejdere. Alle udbydere uden for kommunen har "
                'underskrevet <a href="/om-charteret/">charteret for demokratiske værdier</a>.</p>',
            ),
        ),
        callout(
            "Skriv ikke om enkeltpersoner",
            "<p>Portalen er til booking. Er du bekymret for et barn, en ung eller en voksen, så ring i stedet. "
            'Du finder numrene på siden <a href="/faa-hjaelp/">Få hjælp</a>.</p>',
        ),
    ),
)

HELP = PageText(
    title="Få hjælp",
    slug="faa-hjaelp",
    lead="Du skal ikke stå alene med en bekymring. Her kan du få nogen i røret.",
    body=(
        callout(
            "Er nogen i fare lige nu?",
            '<p>Ring <a href="tel:112">112</a>. Haster det ikke, får du fat i politiet på <a href="tel:114">114</a>.</p>',
            kind="warning",
        ),
        contact(
            HOTLINE_NAME,
            about="For forældre, venner, lærere og andre, som har en fornemmelse af, at noget er på vej i en forkert retning. "
            "Rådgiveren lytter, stiller spørgsmål og fortæller, hvad du kan gøre.",
            phone=HOTLINE_PHONE,
            hours=HOTLINE_HOURS,
        ),
        heading("Hvornår skal jeg ringe?"),
        text(
            "<p>Der findes ingen tjekliste, der kan afgøre det for dig. Stol på, at du kender den, du tænker på. "
            "Det kan være værd at tale med nogen, hvis et menneske</p>"
            "<ul><li>trækker sig fra venner og familie og kun vil tale med nye bekendte</li>"
            "<li>taler om verden som »os mod dem« og ikke længere vil høre andet</li>"
            "<li>forsvarer vold eller siger, at den er nødvendig</li>"
            "<li>skjuler, hvad der foregår online, og bliver vred eller bange, når du spørger</li></ul>"
            "<p>Hvert tegn for sig kan betyde alt muligt. Derfor er en samtale bedre end en konklusion.</p>"
        ),
        heading("Sådan kan du begynde samtalen"),
        steps(
            (
                "Vælg et roligt øjeblik",
                "<p>En gåtur eller en køretur er lettere end et forhør ved spisebordet.</p>",
            ),
            (
                "Spørg af nysgerrighed",
                "<p>»Hvad er det gode ved det, du ser?« åbner mere end »Hvorfor ser du det?«</p>",
            ),
            (
                "Lyt færdigt",
                "<p>Du behøver ikke være enig. Du behøver heller ikke svare på alt med det samme.</p>",
            ),
            ("Sig, hvad du selv tænker", "<p>Roligt og kort. Og sig, at du gerne vil tale om det igen.</p>"),
        ),
        links(
            "Andre steder, du kan gå hen",
            (
                (
                    "Københavns Kommune: forebyggelse af ekstremisme",
                    "https://www.kk.dk/artikel/forebyggelse-af-ekstremisme",
                    "Om kommunens rådgivning og samarbejde med politi og psykiatri.",
                ),
                (
                    "SletDet, Red Barnet",
                    "https://redbarnet.dk/sletdet/",
                    "Rådgivning, hvis billeder eller beskeder bliver delt mod ens vilje.",
                ),
                (
                    "BørneTelefonen",
                    "https://bornetelefonen.dk/",
                    "For børn og unge, som vil tale med en voksen. Man kan være anonym.",
                ),
            ),
        ),
        callout(
            "Brug ikke portalens formularer",
            "<p>Skriv ikke oplysninger om enkeltpersoner i en booking eller en e-mail til os. Vi kan ikke tage hånd om dem dér.</p>",
        ),
    ),
)

CHARTER = PageText(
    title="Om charteret",
    slug="om-charteret",
    lead="Alle, der underviser gennem portalen uden at være en del af kommunen, skriver hvert år under på et charter for demokratiske værdier.",
    body=(
        text(
            "<p>Når en klasse får besøg, skal skolen kunne stole på, at den, der kommer, deler nogle grundlæggende "
            "værdier. Det lover udbyderen med sin underskrift. Underskriften gælder et år ad gangen.</p>"
        ),
        heading("Hvad charteret handler om"),
        text(
            "<p>I korte træk, med vores ord:</p>"
            "<ul><li>Alle har ret til at ytre sig.</li>"
            "<li>Alle er lige for loven.</li>"
            "<li>Alle mennesker har samme rettigheder og samme værdi, uanset køn, tro, hudfarve og seksualitet.</li>"
            "<li>Den, der samarbejder med kommunen, styrker sammenholdet dér, hvor folk bor.</li>"
            "<li>Den, der samarbejder med kommunen, arbejder imod voldelig ekstremisme.</li></ul>"
        ),
        callout(
            "Hvilken tekst gælder?",
            "<p>Punkterne er en kort gengivelse. Det, udbyderen læser og skriver under på, er den vedtagne tekst med "
            "versionsnummer og dato.</p>",
        ),
        heading("Sådan ser du det på et tilbud"),
        text(
            "<p>På hvert tilbud står, hvem der underviser, og hvor længe deres underskrift gælder. En tid kan kun "
            "bookes, når underskriften gælder både i dag og på dagen. Udløber den, lukker tiderne, og de åbner igen, "
            "når udbyderen har skrevet under på ny. Har I allerede booket, kontakter vi jer.</p>"
            "<p>Kommunens egne medarbejdere er ikke en ekstern part og skriver derfor ikke under. Det står på deres tilbud.</p>"
        ),
        heading("Vil I være udbyder?"),
        text(
            "<p>Skriv til os og fortæl kort, hvem I er, og hvad I kan. Før vi samarbejder, taler vi med jer om indholdet, "
            "og I læser og underskriver charteret.</p>"
        ),
    ),
)

NEWS_BOOKING = PageText(
    title="Sådan booker du en workshop til din klasse",
    slug="saadan-booker-du",
    lead="Det tager fem minutter på telefonen, og du behøver ikke oprette dig.",
    body=(
        steps(
            ("Find tilbuddet", "<p>Vælg klassetrin og bydel under Tilbud, og åbn det, der passer.</p>"),
            ("Vælg en ledig tid", "<p>Står der »Ledig«, kan du booke den med det samme.</p>"),
            (
                "Skriv om klassen",
                "<p>Klassens navn, antal elever og dit telefonnummer på dagen. Ingen elevnavne.</p>",
            ),
            (
                "Bekræft din e-mail",
                "<p>Brug din skolemail. Så er bookingen på plads, og aftalen ligger i din kalender.</p>",
            ),
        ),
        text(
            "<p>Bliver I syge, eller flytter I lejrskolen, så brug linket i kvitteringen. Jo før, jo bedre: så kan en anden klasse få tiden.</p>"
        ),
    ),
)

NEWS_PARENTS = PageText(
    title="Tre gode spørgsmål om det, dit barn ser online",
    slug="tre-gode-spoergsmaal",
    lead="Du behøver ikke kende appen for at have en god samtale om den.",
    body=(
        text(
            "<p>Mange forældre er bange for at spørge dumt. Men børn fortæller gerne, når de mærker, at nogen vil lytte. Prøv et af disse:</p>"
        ),
        steps(
            (
                "»Hvad fik dig til at grine i dag?«",
                "<p>Begynd med det gode. Så bliver det ikke et forhør.</p>",
            ),
            (
                "»Har du set noget, du ikke vidste, om passede?«",
                "<p>Find ud af det sammen. Hvem har lagt det op, og hvad vil de have?</p>",
            ),
            (
                "»Hvad ville du gøre, hvis en ven sendte dig noget ubehageligt?«",
                "<p>Aftal, at dit barn altid kan komme til dig, uden at telefonen ryger.</p>",
            ),
        ),
        text("<p>På forældreaftenerne øver vi samtalen, og du møder andre, der står med det samme.</p>"),
    ),
)
