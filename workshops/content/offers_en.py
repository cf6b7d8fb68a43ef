"""The offers' pages in English: shorter than the Danish."""

from workshops.content.texts import OfferText

HELP_PUPILS = (
    "<p>Nobody has to tell anything private. If something becomes difficult, the facilitator pauses and talks with "
    "the teacher. Children can call <b>BørneTelefonen on 116 111</b>.</p>"
    "<p>Worried about a young person? The municipality's <b>hotline 41 74 90 90</b> is open every day from 8 to 22, "
    "and you may stay anonymous. In an emergency: call 112.</p>"
)
HELP_ADULTS = (
    "<p>You decide what you share. Please say nothing that points to a particular person.</p>"
    "<p>Worried about somebody? The municipality's <b>hotline 41 74 90 90</b> is open every day from 8 to 22, and you "
    "may stay anonymous. In an emergency: call 112.</p>"
)
ACCESS = (
    "<p>Films have subtitles, and what is on the screen is read aloud. Tell us when you book if somebody needs "
    "breaks, less noise or more room – not who it is.</p>"
)
MIA = (
    "Mia Holmgaard",
    "Facilitator, Klikklar Læring",
    "<p>Mia is a teacher who now runs workshops about children's lives online.</p>",
)
JONAS = (
    "Jonas Winther",
    "Dialogue leader, Foreningen Dialogbroen",
    "<p>Jonas is a trained mediator who makes sure that the quiet ones are heard too.</p>",
)

OFFERS_EN: dict[str, OfferText] = {
    "o1": OfferText(
        title="Who controls your feed?",
        slug="who-controls-your-feed",
        teaser="The class builds its own feed on the floor and finds out why two friends never see the same.",
        intro="<p>In ninety minutes the pupils build a feed of paper cards, vote with their feet and see what happens "
        "when something gets many clicks. No raised fingers, and phones stay in the bag.</p>",
        learning_goals=(
            "Pupils can explain in their own words how a feed chooses for them.",
            "Pupils know three things they can do themselves.",
        ),
        before_visit="<p>Let the pupils write down two things they saw online yesterday and how they found them.</p>",
        during_visit="<p>We build, swap places and look at what changes. The teacher takes part all the time.</p>",
        after_visit="<p>You get the class's own advice as a poster.</p>",
        sensitive_note=HELP_PUPILS,
        content_accessibility=ACCESS,
        price_for="for all schools in Copenhagen",
        practitioner=MIA,
    ),
    "o2": OfferText(
        title="Real, fake or somewhere in between",
        slug="real-or-fake",
        teaser="Pictures, voices and stories under the magnifying glass: what can we trust, and how do we find out?",
        intro="<p>The pupils become detectives with four simple questions. The examples come from children's everyday "
        "lives: animals, sport, celebrities and wild records. No violence.</p>",
        learning_goals=(
            "Pupils can ask four questions of what they see.",
            "Pupils can explain the difference between being wrong and cheating.",
        ),
        before_visit="<p>Ask the pupils to bring a picture or a story they are unsure about.</p>",
        during_visit="<p>Twelve examples in teams, then each team makes a picture that tricks – and reveals how.</p>",
        after_visit="<p>You get the four questions as bookmarks.</p>",
        sensitive_note=HELP_PUPILS,
        content_accessibility=ACCESS,
        price_for="for all schools in Copenhagen",
        practitioner=MIA,
    ),
    "o3": OfferText(
        title="Behind the propaganda",
        slug="behind-the-propaganda",
        teaser="The pupils take real campaigns apart and see how words and pictures make us choose sides.",
        intro="<p>Propaganda uses the same tools as advertising: a strong us, a dangerous them and a simple answer. The "
        "class takes campaigns apart and builds its own – for something good.</p>",
        learning_goals=(
            "Pupils can recognise at least five tools in text, picture and sound.",
            "Pupils can disagree about an example and stay in the conversation.",
        ),
        before_visit="<p>Read the two-page case together.</p>",
        during_visit="<p>Three rounds: take apart, swap glasses, build your own.</p>",
        after_visit="<p>You get a teacher's guide with cases for two more lessons.</p>",
        sensitive_note=HELP_PUPILS,
        content_accessibility=ACCESS,
        price_for="for municipal schools in Copenhagen",
        practitioner=("Amina Rahbek", "Facilitator, Modspil Formidling", "<p>Amina is a historian.</p>"),
    ),
    "o4": OfferText(
        title="Disagreeing together – a dialogue game",
        slug="disagreeing-together",
        teaser="A game for one or two classes, won by understanding the one you disagree with.",
        intro="<p>The pupils get roles in a town that must take a hard decision. They need to listen, ask and find out "
        "what matters to the others. Two classes can play together.</p>",
        learning_goals=(
            "Pupils can repeat a view they do not share so that the other nods.",
            "Pupils can tell disagreement from attack.",
        ),
        before_visit="<p>Agree on three rules for a good conversation.</p>",
        during_visit="<p>Four lessons: warm-up, two rounds and a talk about what happened.</p>",
        after_visit="<p>You keep the question cards.</p>",
        sensitive_note=HELP_PUPILS,
        content_accessibility=ACCESS,
        price_for="for all schools in Copenhagen",
        practitioner=JONAS,
    ),
    "o5": OfferText(
        title="Resilience – a course for independent schools",
        slug="resilience",
        teaser="Two visits about belonging, being pushed and standing firm.",
        intro="<p>Everybody wants to belong. The pupils look at what makes a community good, how it feels when somebody "
        "pulls you in a direction, and whom you can go to.</p>",
        learning_goals=(
            "Pupils can recognise pressure and know three ways to answer it.",
            "Pupils know whom they can go to.",
        ),
        before_visit="<p>We call you a week before.</p>",
        during_visit="<p>Two visits of 90 minutes, a week apart.</p>",
        after_visit="<p>You get two exercises to repeat later in the year.</p>",
        sensitive_note=HELP_PUPILS,
        content_accessibility=ACCESS,
        price_for="for independent schools in Copenhagen",
        practitioner=JONAS,
    ),
    "o6": OfferText(
        title="Parents' evening: your child's life online",
        slug="your-childs-life-online",
        teaser="An evening for you who want to understand what your child does online – and talk about it calmly.",
        intro="<p>You need not know the apps. Hear what children tell, try a feed from the inside and practise questions "
        "that open instead of close. Bring another adult.</p>",
        learning_goals=(
            "You have tried three conversations you can have at home.",
            "You know where to get help.",
        ),
        before_visit="<p>Nothing.</p>",
        during_visit="<p>19–21: a talk, an exercise, coffee and your questions.</p>",
        after_visit="<p>You get three pages of questions, advice and phone numbers by e-mail.</p>",
        sensitive_note=HELP_ADULTS,
        content_accessibility=ACCESS,
        price_for="for parents and other adults around children in Copenhagen",
        practitioner=MIA,
    ),
    "o7": OfferText(
        title="Conversations that last",
        slug="conversations-that-last",
        teaser="For workplaces, associations and boards: stay in the conversation when opinions collide.",
        intro="<p>We practise three moves that let people disagree and still meet on Monday.</p>",
        learning_goals=(
            "You can use three moves when a conversation sharpens.",
            "You know when to get help.",
        ),
        before_visit="<p>Think of a conversation you would like to have again.</p>",
        during_visit="<p>Two hours: a short talk, exercises in pairs and your questions.</p>",
        after_visit="<p>You get the three moves on a pocket card.</p>",
        sensitive_note=HELP_ADULTS,
        content_accessibility=ACCESS,
        price_for="for associations and workplaces in Copenhagen",
        practitioner=JONAS,
    ),
    "o8": OfferText(
        title="See the signs – use the contingency plan",
        slug="see-the-signs",
        teaser="For professionals in the municipality: what can worry be about, what do you do, whom do you call?",
        intro="<p>Most worries turn out to be something else. We practise wondering, asking and sharing a worry early and "
        "in the right way.</p>",
        learning_goals=("You know what you may share with whom.", "You can use the plan's three steps."),
        before_visit="<p>Read the plan's first two pages.</p>",
        during_visit="<p>Three hours: a talk and cases in small groups.</p>",
        after_visit="<p>You can call the team with a doubt, anonymously.</p>",
        sensitive_note=HELP_ADULTS,
        content_accessibility=ACCESS,
        price_for="for staff of the City of Copenhagen and partners",
        practitioner=("The prevention team", "City of Copenhagen", "<p>Two facilitators every time.</p>"),
    ),
}
