"""The offers' pages in Danish."""

from workshops.content.texts import OfferText

HELP_PUPILS = (
    "<p>Ingen skal fortælle noget privat for at være med. Bliver noget alligevel svært, tager underviseren "
    "en pause og taler med dig som lærer. Har en elev brug for at tale med nogen, kan I ringe til "
    "<b>BørneTelefonen på 116 111</b>.</p>"
    "<p>Er du bekymret for et ungt menneske omkring dig, så ring til kommunens <b>hotline på 41 74 90 90</b>, "
    "alle dage kl. 8–22. Du kan være anonym. Er nogen i fare lige nu: ring 112.</p>"
)

HELP_ADULTS = (
    "<p>Du bestemmer selv, hvad du vil dele. Fortæl ikke noget, der kan føres tilbage til en bestemt person.</p>"
    "<p>Er du bekymret for nogen, så tag den samtale et trygt sted: Kommunens <b>hotline 41 74 90 90</b> er åben "
    "alle dage kl. 8–22, og du kan være anonym. Er nogen i fare lige nu: ring 112.</p>"
)

ACCESS_SCHOOL = (
    "<p>Film har danske undertekster, og alt på skærmen bliver også læst højt. Opgaverne kan løses mundtligt, "
    "tegnet eller skrevet. Skriv ved booking, om nogen i klassen har brug for pauser, mindre støj eller ekstra "
    "plads – ikke hvem det er.</p>"
)

ACCESS_EVENING = (
    "<p>Der er trinfri adgang og teleslynge de steder, hvor det står ved tiden. Oplægget bliver vist som tekst på "
    "skærmen undervejs, og du kan få det tilsendt bagefter.</p>"
)

MIA = (
    "Mia Holmgaard",
    "Underviser hos Klikklar Læring",
    "<p>Mia er læreruddannet og har undervist på mellemtrinnet i ti år. I dag laver hun workshops om børns liv på "
    "nettet, og hun har altid flere spørgsmål end svar med i tasken.</p>",
)
JONAS = (
    "Jonas Winther",
    "Dialogleder i Foreningen Dialogbroen",
    "<p>Jonas har ledt samtaler mellem unge, der ikke troede, de havde noget at tale om. Han er uddannet "
    "konfliktmægler og gør sig umage for, at også de stille bliver hørt.</p>",
)

OFFERS_DA: dict[str, OfferText] = {
    "o1": OfferText(
        title="Hvem styrer dit feed?",
        slug="hvem-styrer-dit-feed",
        teaser="Klassen bygger sit eget feed på gulvet og opdager, hvorfor to venner aldrig ser det samme.",
        intro=(
            "<p>Hvorfor dukker den ene video op og ikke den anden? På halvanden time bygger klassen et feed af "
            "papirkort, stemmer med fødderne og lægger mærke til, hvad der sker, når noget får mange klik.</p>"
            "<p>Vi løfter ikke pegefingre, og telefonerne bliver i tasken. Eleverne går derfra med ord for det, de "
            "allerede mærker – og med tre ting, de selv kan skrue på.</p>"
        ),
        learning_goals=(
            "Eleverne kan forklare med egne ord, hvordan et feed vælger for dem.",
            "Eleverne kan give eksempler på, at to mennesker ser forskellige ting.",
            "Eleverne kan nævne tre ting, de selv kan gøre, når et feed bliver træls.",
        ),
        competence_goals=(
            "<p>Passer til arbejdet med digital dannelse og kommunikation i dansk og til klassens tid. Tal med os, "
            "hvis I er midt i et emne: så tager vi udgangspunkt i det.</p>"
        ),
        before_visit=(
            "<p>Brug ti minutter på at lade eleverne skrive to ting ned, de så på nettet i går, og hvordan de fandt "
            "dem. I behøver ikke dele det med nogen.</p>"
        ),
        during_visit=(
            "<p>Vi begynder i rundkreds, bygger feedet i fire grupper, bytter pladser og ser, hvad der ændrer sig. "
            "Til sidst samler klassen sine egne råd. Du er med hele vejen og kender klassen bedst.</p>"
        ),
        after_visit=(
            "<p>I får klassens råd som en plakat. Tag dem frem efter en måned: Hvad holdt? Hvad skal skrives om?</p>"
        ),
        school_provides_extra="<p>Gulvplads nok til, at hele klassen kan stå op og gå rundt.</p>",
        sensitive_note=HELP_PUPILS,
        content_accessibility=ACCESS_SCHOOL,
        price_for="for alle skoler i København",
        practitioner=MIA,
        questions=(
            (
                "Skal eleverne have telefon eller computer med?",
                "<p>Nej. Alt foregår med papir, tape og fødder.</p>",
            ),
            (
                "Vi er kun 14 i klassen. Kan vi så komme med?",
                "<p>Ja. Workshoppen virker fra ca. 10 elever og op til 28.</p>",
            ),
        ),
    ),
    "o2": OfferText(
        title="Ægte, falsk eller midt imellem",
        slug="aegte-falsk-eller-midt-imellem",
        teaser="Billeder, stemmer og historier under lup: Hvad kan vi stole på, og hvordan finder vi ud af det?",
        intro=(
            "<p>Noget er opdigtet, noget er redigeret, og noget er sandt, men taget ud af sin sammenhæng. Eleverne "
            "bliver detektiver med fire enkle spørgsmål: Hvem siger det? Hvordan ved de det? Hvad vil de have mig til "
            "at føle? Hvem siger noget andet?</p>"
            "<p>Vi bruger eksempler fra børns hverdag – dyr, sport, kendte og vilde rekorder. Ikke vold og ikke "
            "skræmmebilleder.</p>"
        ),
        learning_goals=(
            "Eleverne kan stille fire spørgsmål til det, de ser.",
            "Eleverne kan forklare forskellen på at tage fejl og at snyde.",
            "Eleverne kan sige «det ved jeg ikke endnu» uden at tabe ansigt.",
        ),
        competence_goals="<p>Passer til kildekritik i dansk og til arbejdet med billeder i billedkunst.</p>",
        before_visit="<p>Bed eleverne tage et billede eller en historie med, som de er i tvivl om. Tegnet er fint.</p>",
        during_visit=(
            "<p>Klassen undersøger 12 eksempler i hold, laver selv et billede, der snyder på en sjov måde, og afslører "
            "tricket for de andre.</p>"
        ),
        after_visit="<p>I får de fire spørgsmål som bogmærker og tre nye eksempler at øve på.</p>",
        school_provides_extra="<p>Et kamera på mindst hver fjerde computer eller tablet.</p>",
        sensitive_note=HELP_PUPILS,
        content_accessibility=ACCESS_SCHOOL,
        price_for="for alle skoler i København",
        practitioner=MIA,
        questions=(
            (
                "Taler I om kunstig intelligens?",
                "<p>Ja, når eleverne gør. De prøver at kende forskel og opdager, at det er svært – også for voksne.</p>",
            ),
        ),
    ),
    "o3": OfferText(
        title="Bag om propagandaen",
        slug="bag-om-propagandaen",
        teaser="Eleverne skiller rigtige kampagner ad og ser, hvordan ord og billeder får os til at vælge side.",
        intro=(
            "<p>Propaganda er ikke kun noget fra historiebogen. Den bruger de samme greb som reklamer: et stærkt vi, "
            "et farligt dem og en enkel løsning. På tre lektioner skiller klassen kampagner ad fra 1930'erne til i dag "
            "og samler til sidst sin egen – for noget godt.</p>"
            "<p>Alle eksempler er valgt med omhu. Vi viser ikke voldelige optagelser, og vi udstiller ingen gruppe.</p>"
        ),
        learning_goals=(
            "Eleverne kan genkende mindst fem greb i tekst, billede og lyd.",
            "Eleverne kan forklare, hvem en kampagne taler til, og hvad den gerne vil have dem til at gøre.",
            "Eleverne kan være uenige om et eksempel og blive i samtalen.",
        ),
        competence_goals=(
            "<p>Passer til samfundsfag (medier og politik), historie (kildearbejde) og dansk (sagprosa og "
            "argumentation).</p>"
        ),
        before_visit="<p>Læs den korte case på to sider sammen, og lad eleverne notere ét spørgsmål hver.</p>",
        during_visit=(
            "<p>Tre runder: skil ad, byt briller, byg selv. Der er pause mellem lektionerne, og I kan dele dagen i "
            "to, hvis skemaet kræver det.</p>"
        ),
        after_visit="<p>I får en lærervejledning med cases til to lektioner mere, som du selv kan stå for.</p>",
        sensitive_note=HELP_PUPILS,
        content_accessibility=ACCESS_SCHOOL,
        price_for="for folkeskoler og kommunale skoler i København",
        practitioner=(
            "Amina Rahbek",
            "Underviser hos Modspil Formidling",
            "<p>Amina er historiker og har lavet udstillinger om propaganda. Hun er bedst, når klassen er uenig med "
            "hende.</p>",
        ),
        questions=(
            (
                "Må vi selv vælge eksempler?",
                "<p>Ja, skriv til os en uge før, så ser vi på dem sammen.</p>",
            ),
        ),
    ),
    "o4": OfferText(
        title="Uenige sammen – dialogspil",
        slug="uenige-sammen",
        teaser="Et spil for en eller to klasser, hvor man vinder ved at forstå den, man er uenig med.",
        intro=(
            "<p>Skal alle sige det, de mener? Må man ændre mening? I spillet får eleverne roller i en by, der skal træffe "
            "en svær beslutning. De får brug for at lytte, spørge og finde ud af, hvad der er vigtigt for de andre.</p>"
            "<p>To klasser kan spille sammen – også to klasser, der ikke kender hinanden.</p>"
        ),
        learning_goals=(
            "Eleverne kan gengive et synspunkt, de ikke selv har, så den anden nikker.",
            "Eleverne kan skelne mellem at være uenig i en sag og at angribe en person.",
            "Eleverne har prøvet at ændre mening uden at miste noget.",
        ),
        competence_goals="<p>Passer til samfundsfag, kristendomskundskab og klassens tid.</p>",
        before_visit="<p>Aftal tre regler for en god samtale i klassen. Vi hænger dem op, når vi spiller.</p>",
        during_visit=(
            "<p>Fire lektioner med opvarmning, to spilrunder og en fælles samtale om, hvad der skete. To dialogledere "
            "er med hele vejen, når I er to klasser.</p>"
        ),
        after_visit="<p>I får spørgsmålskortene med, så I kan tage en runde på et kvarter, når der er brug for det.</p>",
        school_provides_extra="<p>Er I to klasser: en aula eller en sal, hvor alle kan sidde i grupper.</p>",
        sensitive_note=HELP_PUPILS,
        content_accessibility=ACCESS_SCHOOL,
        price_for="for alle skoler i København",
        practitioner=JONAS,
        questions=(
            (
                "Hvorfor skal bookingen godkendes?",
                "<p>Fordi vi ringer til dig først og aftaler, hvilken by I skal spille i. Du får svar inden for tre "
                "hverdage.</p>",
            ),
        ),
    ),
    "o5": OfferText(
        title="Modstandskraft – forløb for fri- og privatskoler",
        slug="modstandskraft",
        teaser="To besøg om at høre til, blive presset og stå fast – for udskolingen på fri- og privatskoler.",
        intro=(
            "<p>Alle vil gerne høre til. I forløbet undersøger eleverne, hvad der gør et fællesskab godt, hvordan det "
            "mærkes, når nogen vil trække én i en bestemt retning, og hvem man kan gå til.</p>"
            "<p>Vi kommer to gange med en uge imellem, så der er tid til at prøve noget af i mellemtiden. Skolens egne "
            "værdier er en del af samtalen.</p>"
        ),
        learning_goals=(
            "Eleverne kan beskrive, hvad et godt fællesskab giver – og hvad det ikke må koste.",
            "Eleverne kan genkende pres og kender tre måder at svare på.",
            "Eleverne ved, hvem de kan gå til på skolen og uden for den.",
        ),
        competence_goals="<p>Passer til samfundsfag og kristendomskundskab og til skolens egne fag om livsoplysning.</p>",
        before_visit="<p>Vi ringer til dig en uge før og hører om klassen og skolens ønsker.</p>",
        during_visit="<p>To gange 90 minutter med øvelser, små film og samtale i grupper. Læreren deltager hele tiden.</p>",
        after_visit="<p>I får et forslag til en forældrebesked og to øvelser, I kan gentage senere på året.</p>",
        sensitive_note=HELP_PUPILS,
        content_accessibility=ACCESS_SCHOOL,
        price_for="for fri- og privatskoler i København",
        practitioner=JONAS,
        questions=(
            (
                "Kan vi nøjes med det ene besøg?",
                "<p>Ring til os. Forløbet er lavet til to besøg, men vi finder gerne en løsning.</p>",
            ),
        ),
    ),
    "o6": OfferText(
        title="Forældreaften: Dit barns liv online",
        slug="dit-barns-liv-online",
        teaser="En aften for dig, der gerne vil forstå, hvad dit barn laver på nettet – og tale om det uden skænderi.",
        intro=(
            "<p>Du behøver ikke kunne spille, klippe video eller kende alle appene. Kom og hør, hvad børn i 3.–7. klasse "
            "selv fortæller, prøv et feed indefra, og øv spørgsmål, der åbner i stedet for at lukke.</p>"
            "<p>Der er kaffe, tid til spørgsmål og plads til at være i tvivl. Tag gerne en anden voksen med.</p>"
        ),
        learning_goals=(
            "Du får et billede af, hvad et feed gør, og hvorfor det er svært at lægge fra sig.",
            "Du har prøvet tre samtaler, du kan tage derhjemme.",
            "Du ved, hvor du kan få hjælp, hvis noget er gået galt.",
        ),
        before_visit="<p>Ingenting. Har du lyst, så spørg dit barn: «Hvad grinede du sidst ad?»</p>",
        during_visit="<p>Kl. 19–21: et oplæg, en øvelse ved bordene, pause med kaffe og spørgsmål til sidst.</p>",
        after_visit="<p>Du får tre sider med spørgsmål, råd og telefonnumre på mail.</p>",
        sensitive_note=HELP_ADULTS,
        content_accessibility=ACCESS_EVENING
        + "<p>Har I brug for tolk, så ring til os senest to uger før.</p>",
        price_for="for forældre og andre voksne omkring børn i København",
        practitioner=MIA,
        questions=(
            ("Må jeg tage mit barn med?", "<p>Aftenen er for voksne. Tag hellere en anden voksen med.</p>"),
            (
                "Skal jeg fortælle, hvilken skole mit barn går på?",
                "<p>Nej. Vi beder kun om dit navn, din e-mail og antallet af pladser.</p>",
            ),
        ),
    ),
    "o7": OfferText(
        title="Samtaler der holder",
        slug="samtaler-der-holder",
        teaser="Til arbejdspladsen, foreningen og bestyrelsen: Bliv i samtalen, når meningerne støder sammen.",
        intro=(
            "<p>I pausen, i omklædningsrummet, på generalforsamlingen: Nogle samtaler går skævt på ti sekunder. Vi øver "
            "tre greb, der gør det muligt at være uenige og stadig mødes på mandag.</p>"
            "<p>I arbejder med jeres egne situationer, gjort så almindelige, at ingen kan genkende nogen.</p>"
        ),
        learning_goals=(
            "Du kan bruge tre greb, når en samtale spidser til.",
            "Du kan sige fra over for ord, der gør andre mindre – uden at lukke døren.",
            "Du ved, hvornår du skal have hjælp, og hvem du ringer til.",
        ),
        before_visit="<p>Tænk på en samtale, du gerne ville have haft igen. Du behøver ikke fortælle den.</p>",
        during_visit="<p>To timer: et kort oplæg, øvelser to og to, en fælles runde og tid til spørgsmål.</p>",
        after_visit="<p>Du får et kort med de tre greb i lommestørrelse.</p>",
        sensitive_note=HELP_ADULTS,
        content_accessibility=ACCESS_EVENING,
        price_for="for foreninger og arbejdspladser i København",
        practitioner=JONAS,
        questions=(
            (
                "Kan I komme ud til os?",
                "<p>Ja, hvis I er mindst 15. Ring til os, så finder vi en dag.</p>",
            ),
        ),
    ),
    "o8": OfferText(
        title="Se tegnene – brug beredskabsplanen",
        slug="se-tegnene",
        teaser="For fagpersoner i kommunen: Hvad kan bekymring handle om, hvad gør du, og hvem ringer du til?",
        intro=(
            "<p>De fleste bekymringer viser sig at være noget andet. Derfor øver vi det at undre sig, spørge og dele sin "
            "bekymring tidligt og rigtigt – uden at gøre den unge til en sag.</p>"
            "<p>Du går derfra med beredskabsplanens tre trin i hovedet og telefonnumrene på et kort.</p>"
        ),
        learning_goals=(
            "Du kan skelne mellem anderledes, sårbar og bekymrende.",
            "Du kender reglerne for, hvad du må dele med hvem.",
            "Du kan bruge beredskabsplanen på tre situationer fra dit eget arbejde.",
        ),
        before_visit="<p>Læs beredskabsplanens to første sider. Det tager fem minutter.</p>",
        during_visit="<p>Tre timer med oplæg, cases i små grupper og en rundvisning i, hvem der gør hvad i kommunen.</p>",
        after_visit="<p>Du kan ringe til teamet og vende en tvivl anonymt, også måneder efter.</p>",
        sensitive_note=(
            "<p>Alle cases er opdigtede. Tag ikke oplysninger om enkeltpersoner med ind i rummet. Haster det, så brug "
            "beredskabsplanen nu eller ring til <b>hotlinen 41 74 90 90</b>. Er nogen i fare: ring 112.</p>"
        ),
        content_accessibility=ACCESS_EVENING,
        price_for="for ansatte i Københavns Kommune og samarbejdspartnere",
        practitioner=(
            "Forebyggelsesteamet",
            "Københavns Kommune",
            "<p>Teamet rådgiver til daglig medarbejdere, der er i tvivl. Der er to undervisere hver gang.</p>",
        ),
        questions=(
            (
                "Kan hele vores personalegruppe komme?",
                "<p>Er I flere end ti, så ring: Vi holder gerne et kursus hos jer.</p>",
            ),
        ),
    ),
}
