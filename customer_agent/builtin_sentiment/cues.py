"""Words that tell what a model of meaning mishears: praise, blame, harm and haste, in English, Swedish and Polish.

Separated by commas; a word that ends in * is a stem. All languages are searched at once: in the short
messages that customers write the language is often guessed wrong, and the lists hardly overlap.
"""

from __future__ import annotations

import re

CUES = {
    "angry": """
terribl*, awful*, horribl*, horrendous*, worst, useless, rude, unacceptable, ridiculous, angry, furious, outrag*, scam*, disgust*, disgrac*, pathetic, rubbish,
liar*, lies, fraud*, appalling, shameful, joke, waste of, never again, incompeten*,
usel*, urus*, värst*, sämst*, värdelös*, otrevlig*, oacceptab*, löjlig*, arg, rasande, skandal*, bluff*, lurad, lurade, vidrig*, pinsam*, skräp*, skit*, lögn*,
bedräg*, skam*, skämt, bortkast*, inkompetent*, katastrof*,
okropn*, fataln*, najgorsz*, bezużyteczn*, niegrzeczn*, chamsk*, niedopuszcz*, śmieszn*, wściek*, skandal*, oszust*, oszuk*, obrzydliw*, żenad*, żałosn*,
szmat*, kłam*, wstyd*, wyrzucon* pieni*, niekompeten*, tragedi*, beznadziejn*, koszmar*,
😡, 🤬, 👎
""",
    "negative": """
disappoint*, bad, badly, poor, poorly, broke, broken, damaged, wrong, annoy*, frustrat*, unhappy, dissatisfied, complain*, mislead*, faulty, defective, crash*,
cracked, torn, stained, nobody, regret*, unfair, sloppy, ignored, still no, still not, still haven't, still hasn't, second time, third time,
besvik*, dålig*, trasig*, skadad*, fel, irrit*, missnöj*, klag*, vilseled*, sönder, krånglar, strul*, saknas, ångrar, slarv*, ignorer*, fortfarande inte,
fortfarande inga, fortfarande inget, ännu inte, andra gången, tredje gången,
rozczarow*, zły, źle, słab*, zepsut*, zepsuł*, uszkodz*, niewłaściw*, irytuj*, denerwuj*, niezadowol*, błęd*, pęknię*, brakuje, nikt, żałuj*, niechluj*,
ignoruj*, nadal nie, wciąż nie, dalej nie, drugi raz, trzeci raz,
😞, 😠, 😢, :(
""",
    "positive": """
thank*, thx, cheers, great, happy, happily, pleased, perfect, perfectly, excellent, nice, nicely, good, glad, appreciate*, satisfied, lovely, beautiful*,
friendly, helpful, smooth*, delighted, works, enjoy*,
tack, tackar, bra, nöjd, nöjda, glad, glada, fin, fint, fina, jättefin*, jättebra, trevlig*, toppen, perfekt, snäll*, smidig*, skön*, utmärkt*, härlig*, vack*,
kanon*, uppskatta*, fungerar,
dzięki, dziękuj*, dziekuj*, super, świetn*, zadowolon*, idealn*, doskonał*, ładn*, śliczn*, dobr*, miło, mił*, podoba*, ciesz*, sprawn*, przyjemn*, działa,
😊, 🙂, 😀, 👍, :)
""",
    "glowing": """
love, loved, adore*, amazing, awesome, fantastic*, incredible, incredibly, wonderful*, brilliant, outstanding, superb, exceptional, gorgeous, recommend*, best,
favourite, favorite, unbelievable, wow, stunning, fabulous, thrilled, thank you so,
älska*, fantastisk*, underbar*, otrolig*, enastående, strålande, suverän*, makalös*, rekommender*, bäst, bästa, favorit*, grym*, magisk*, tusen tack,
kocham, uwielbia*, fantasty*, niesamowit*, cudown*, wspania*, rewelac*, genialn*, polec*, najleps*, ulubion*, zachwyc*, wyjątkow*, stokrotn*, tysiąckrotn*,
😍, 🥰, 🤩, ❤
""",
    "urgent": """
asap, urgent*, immediately, at once, emergency, allerg*, rash, swollen, swelling, burn*, smoke, smoking, fire, injur*, bleed*, hospital, doctor, poison*,
insulin, hacked, stolen, overdrawn, ambulance, electric shock, a&e,
snarast, genast, omedelbar*, akut, akuten, brådskande, skyndsam*, utslag, svull*, brand*, brinn*, brann, rök*, skurit, skadade, blod*, sjukhus*, läkar*,
förgift*, hackat*, hackad*, kapat, kapad, stulen, stulet, stjäl*, övertrasser*, ambulans*,
pilne, pilnie, pilna, natychmiast*, niezwłocznie, jak najszybciej, alerg*, uczul*, wysypk*, spuch*, opuch*, oparz*, pożar*, dym, skalecz*, krwaw*, krew,
szpital*, sor, lekarz*, zatru*, zhakow*, włama*, ukra*, kradzie*, debet*, pogotow*
""",
    "occasion": """
wedding*, married, funeral, birthday, party, interview, exam*, flight, fly, plane, trip, holiday, travel*, christening, graduation, concert, appointment,
deadline, guests, ceremony, moving house,
bröllop*, gifter, begravning*, födelsedag*, fyller, kalas*, fest*, intervju*, tenta*, prov, flyg*, resa, resan, reser, åker, dop*, student*, konsert*, gäster*,
flytta*, uppträd*,
ślub*, wesel*, pogrzeb*, urodzin*, impre*, przyjęci*, rozmow* kwalifikac*, egzamin*, samolot*, lot, lecimy, lecę, wyjazd*, wyjeżdża*, chrzcin*, chrzest,
komuni*, koncert*, gości*, goście, przeprowadz*, studniów*
""",
    "soon": """
today, tonight, tomorrow, weekend, monday, tuesday, wednesday, thursday, friday, saturday, sunday, in two days, in an hour,
i dag, idag, i kväll, ikväll, i natt, i morgon, imorgon, helgen, på måndag, på tisdag, på onsdag, på torsdag, på fredag, på lördag, på söndag,
i övermorgon, om en timme,
dziś, dzisiaj, jutro, pojutrze, weekend, w poniedziałek, we wtorek, w środę, w czwartek, w piątek, w sobotę, w niedzielę, za dwa dni, za godzinę, na niedzielę
""",
}
NEGATIONS = """
no, not, never, isn't, wasn't, don't, doesn't, didn't, haven't, hasn't, cannot, can't,
inte, aldrig, ej, ingen, inget, inga, utan, nie, nigdy, bez, żaden, żadn*
"""


def finder(words: str) -> str:
    """A pattern that finds any of the words, as a whole."""
    stems = (re.escape(word.strip().removesuffix("*")) + (r"\w*" if word.strip().endswith("*") else "") for word in words.split(","))
    return rf"(?<!\w)(?:{'|'.join(stems)})(?!\w)"


FINDERS = {name: re.compile(finder(words), re.IGNORECASE) for name, words in CUES.items()}
DENIED_PRAISE = re.compile(rf"{finder(NEGATIONS)}(?:\s+\w+){{0,2}}?\s+(?:{FINDERS['positive'].pattern}|{FINDERS['glowing'].pattern})", re.IGNORECASE)


def count_cues(sentence: str) -> dict[str, int]:
    """How many cues of each kind, at most two; praise that is denied ("not happy") counts as blame, an occasion soon as haste."""
    found = {name: len(pattern.findall(sentence)) for name, pattern in FINDERS.items()}
    denied = len(DENIED_PRAISE.findall(sentence))
    found |= {"urgent": found["urgent"] + min(found["occasion"], found["soon"])}
    found |= {"negative": found["negative"] + denied, "positive": found["positive"] - denied, "glowing": found["glowing"] - denied}
    return {name: min(max(number, 0), 2) for name, number in found.items()}
