"""The English texts of a new portal: shorter, and complete."""

from portal.home.content.bodies import callout, contact, heading, links, questions, steps, text
from portal.home.content.danish import HOTLINE_PHONE
from portal.home.content.texts import EntryText, HomeText, PageText

HOTLINE_NAME = "Hotline: worried about someone close to you?"
HOTLINE_HOURS = "Every day 8 am–10 pm. You can be anonymous."

HOME = HomeText(
    title="Dannelsesportalen",
    slug="home-en",
    headline="Strong together, also when we disagree",
    lead=(
        "Workshops for school classes, evenings for parents and talks for adults in Copenhagen – about feeds, "
        "communities and conversations that can hold a disagreement."
    ),
    entries=(
        EntryText(
            "audience-school",
            "Schools",
            "Book a workshop for your class, and find material for your teaching.",
            "offers",
            "maalgruppe=school",
        ),
        EntryText(
            "audience-parents",
            "Parents",
            "Come to an evening about your child's life online. Bring someone along.",
            "offers",
            "maalgruppe=parents",
        ),
        EntryText(
            "audience-adults",
            "Adults and associations",
            "Get tools for the difficult conversations at work and in your association.",
            "offers",
            "maalgruppe=adults",
        ),
        EntryText(
            "audience-professionals",
            "Professionals",
            "Learn to see the signs early, and find out whom to call.",
            "offers",
            "maalgruppe=professionals",
        ),
    ),
    help_title="Are you worried about someone?",
    help_text=(
        "You do not need to be sure to call. Talk to an adviser who listens and helps you on. "
        "If someone is in danger right now, call 112."
    ),
)

OFFERS = PageText(
    title="Offers",
    slug="offers",
    lead="<p>Find a workshop for your class, an evening for parents or a talk for adults. Choose whom it is for, and see the free dates.</p>",
)

MATERIAL = PageText(
    title="Teaching material",
    slug="teaching-material",
    lead="<p>Material for teaching and for the conversation at home. It is free to use, and you can see whether it is finished or still being tried out in classes.</p>",
)

ABOUT = PageText(
    title="About the portal",
    slug="about",
    lead="Schools book workshops here, and parents, associations and professionals sign up for evenings and talks.",
    body=(
        text(
            "<p>The offers give children, young people and adults practice in thinking for themselves, listening to "
            "others and speaking up. They are part of the City of Copenhagen's work to prevent extremism: not by "
            "pointing anyone out, but by making communities strong.</p>"
        ),
        heading("How it works"),
        steps(
            (
                "Find an offer",
                "<p>Choose grade, subject or district. Each offer says what you get, how long it takes, what it costs and which dates are free.</p>",
            ),
            ("Book a date", "<p>You need no account. Write who is coming, check your answers, and send.</p>"),
            (
                "Get a receipt",
                "<p>You get an e-mail with a reference number, a calendar entry and a link for changes.</p>",
            ),
            (
                "Meet",
                "<p>At school the teacher takes part all the time. Afterwards we ask briefly how it went.</p>",
            ),
        ),
        heading("Questions we often get"),
        questions(
            (
                "Who can book?",
                "<p>Teachers at schools in Copenhagen book for their class. Evenings and talks are for everyone in the audience named.</p>",
            ),
            (
                "What do you keep about pupils?",
                '<p>No names, only how many came. Read more under <a href="/en/privatliv/">privacy</a>.</p>',
            ),
            (
                "Who teaches?",
                '<p>Associations, companies and the municipality\'s own staff. All external providers have signed the <a href="/en/the-charter/">charter for democratic values</a>.</p>',
            ),
        ),
        callout(
            "Do not write about individuals",
            '<p>The portal is for booking. If you are worried about someone, call instead: see <a href="/en/get-help/">Get help</a>.</p>',
        ),
    ),
)

HELP = PageText(
    title="Get help",
    slug="get-help",
    lead="You should not be alone with a worry. Here you can reach someone.",
    body=(
        callout(
            "Is someone in danger right now?",
            '<p>Call <a href="tel:112">112</a>. If it is not urgent, reach the police on <a href="tel:114">114</a>.</p>',
            kind="warning",
        ),
        contact(
            HOTLINE_NAME,
            about="For parents, friends, teachers and others who sense that something is going the wrong way. "
            "The adviser listens, asks questions and tells you what you can do.",
            phone=HOTLINE_PHONE,
            hours=HOTLINE_HOURS,
        ),
        heading("How to begin the conversation"),
        steps(
            ("Choose a calm moment", "<p>A walk is easier than an interrogation at the table.</p>"),
            (
                "Ask out of curiosity",
                "<p>“What is good about what you watch?” opens more than “Why do you watch it?”</p>",
            ),
            ("Listen to the end", "<p>You need not agree, and you need not answer everything at once.</p>"),
        ),
        links(
            "Other places to turn to",
            (
                (
                    "City of Copenhagen: prevention of extremism (in Danish)",
                    "https://www.kk.dk/artikel/forebyggelse-af-ekstremisme",
                    "",
                ),
                (
                    "SletDet, Red Barnet (in Danish)",
                    "https://redbarnet.dk/sletdet/",
                    "Advice when pictures or messages are shared against your will.",
                ),
                (
                    "BørneTelefonen (in Danish)",
                    "https://bornetelefonen.dk/",
                    "For children and young people who want to talk to an adult.",
                ),
            ),
        ),
    ),
)

CHARTER = PageText(
    title="The charter",
    slug="the-charter",
    lead="Everyone who teaches through the portal without being part of the municipality signs a charter for democratic values every year.",
    body=(
        heading("What it is about"),
        text(
            "<p>In short, in our words:</p>"
            "<ul><li>Everyone has the right to express themselves.</li>"
            "<li>Everyone is equal before the law.</li>"
            "<li>All people have the same rights and the same worth, regardless of sex, religion, skin colour and sexual orientation.</li>"
            "<li>Partners strengthen cohesion where people live.</li>"
            "<li>Partners work against violent extremism.</li></ul>"
            "<p>What the provider reads and signs is the adopted text, in Danish, with its version number and date.</p>"
        ),
        heading("How it shows on an offer"),
        text(
            "<p>Each offer says who teaches and how long their signature is valid. A date can be booked only when the "
            "signature is valid both today and on the day. If it lapses the dates close, and they open again when the "
            "provider has signed anew.</p>"
        ),
    ),
)

NEWS_BOOKING = PageText(
    title="How to book a workshop for your class",
    slug="how-to-book",
    lead="It takes five minutes on your phone, and you need no account.",
    body=(
        steps(
            ("Find the offer", "<p>Choose grade and district under Offers, and open the one that fits.</p>"),
            ("Choose a free date", "<p>If it says free you can book it at once.</p>"),
            (
                "Tell us about the class",
                "<p>Its name, how many pupils, and your phone number on the day. No pupils' names.</p>",
            ),
            ("Confirm your e-mail", "<p>Use your school address. Then the booking is in place.</p>"),
        ),
    ),
)

NEWS_PARENTS = PageText(
    title="Three good questions about what your child sees online",
    slug="three-good-questions",
    lead="You need not know the app to have a good conversation about it.",
    body=(
        steps(
            ("“What made you laugh today?”", "<p>Begin with the good. Then it is no interrogation.</p>"),
            (
                "“Did you see something you were not sure was true?”",
                "<p>Find out together. Who posted it, and what do they want?</p>",
            ),
            (
                "“What would you do if a friend sent you something unpleasant?”",
                "<p>Agree that your child can always come to you without losing the phone.</p>",
            ),
        ),
    ),
)
