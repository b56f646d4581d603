"""Names and phrases out of the vocabulary of shops, banks and offices."""

# ruff: noqa: SIM905  (a text is the form in which one reads and edits such lists)
from __future__ import annotations

import random

NOUNS = tuple(
    """account address agenda alert amount answer article asset attachment audience balance banner basket batch benefit
    billing booking branch brand budget bundle calendar campaign candidate card carrier cart catalog category channel chart
    city claim client column comment company contact contract country coupon course credit currency customer dashboard
    deal delivery department deposit device dialog discount document draft employee entry estimate expense feature
    feed fee field filter folder form goal grade group guest header history holiday image inbox index invoice item
    job label language layout lead ledger lesson limit link list location locale margin market matrix member menu merchant
    message metric milestone module note notice offer office option order outlet page panel parcel partner passenger
    payment payout period permission person phase photo plan player playlist policy portfolio position post price priority
    product profile project promotion quantity query quota quote range rate reader receipt recipe record refund region
    reminder rental report request reservation resource response result review reward role room route rule sale
    sample schedule score season seat section segment seller sensor service session shelf shift shipment shop signal slot
    source stage statement status step stock store student subject subscription summary supplier survey table tag target
    task tax team template tenant ticket timeline timer tour trade transfer trial trip unit upload usage vendor venue
    version visit voucher wallet warehouse widget window worker zone""".split()
)
VERBS = tuple(
    """add adjust allocate apply approve archive assign attach build calculate cancel capture check clear close collect
    compare compose confirm convert count create decode delete describe detect discard download edit enable encode
    estimate expand extract fetch fill find flatten format gather group handle hide insert join list load lock map match
    measure merge move normalize notify open parse pick prepare publish read rebuild refresh reject release remove render
    reorder replace reset resolve restore save schedule select serialize show sort split submit sum swap sync toggle
    transform trim update validate verify write""".split()
)
ADJECTIVES = tuple(
    """active annual available blocked broken business cached cheap closed common confirmed current custom daily default
    deferred digital direct due early empty expired external failed final first fresh global hidden idle inner internal
    invalid known large last late legacy local locked loyal main manual minimal missing monthly narrow nearby nested new
    next old open optional outer paid partial pending personal pinned premium previous primary private public quick raw
    ready recent regional related remote retail rough scheduled secondary selected shared short silent simple single small
    sorted stale standard static strict strong temporary total trusted unique urgent valid visible weekly wide
    yearly""".split()
)
PAST = tuple(
    """Accepted Added Applied Approved Archived Assigned Booked Cancelled Changed Closed Collapsed Completed Confirmed
    Copied Created Declined Deleted Downloaded Duplicated Edited Expanded Exported Failed Filtered Hidden Imported
    Invited Moved Opened Paused Pinned Printed Published Rated Reassigned Refreshed Rejected Renamed Reordered Requested
    Reset Resumed Saved Scheduled Searched Selected Sent Shared Shipped Shown Signed Skipped Sorted Started Stopped
    Submitted Switched Tapped Toggled Unlocked Updated Upgraded Uploaded Verified Viewed""".split()
)
_PHRASES = (
    "{v} the {a} {n} before the {m} is shown",
    "the {n} may still be {a} here, see the {m} notes",
    "TODO: {v} the {n} once the {m} service does it",
    "keeps the {a} {n}s in the order of the {m}",
    "a {n} without a {m} is {a} by definition",
    "we {v} each {n} only once; the {m} is not thread safe",
    "{n} → {m}: the {a} one wins",
    "must not {v} an {a} {n} (JIRA-{d})",
    "FIXME {v} after the migration of the {m} table",
    "naïve, but the {n} list is short",
)


_STARTS = "b br c cl d dr f fl g gr h k l m n p pl qu r s st t tr v z".split()
_MIDDLES = ("al", "an", "ar", "el", "en", "er", "il", "in", "ol", "on", "or", "um")
_ENDS = ("ba", "co", "do", "gra", "ki", "lo", "ma", "nex", "po", "ra", "ta", "vi", "xa", "zo")
JARGON = tuple(start + middle + end for start in _STARTS for end in _ENDS for middle in _MIDDLES)
"""Words that only this company uses. As in real code, few words are everywhere and most are rare."""


class Words:
    """Draws names. Those of ``unique`` names never come twice."""

    def __init__(self, rng: random.Random) -> None:
        self.rng = rng
        self._given: set[str] = set()

    def noun(self) -> str:
        place = self.rng.random()
        if self.rng.random() < 0.4:
            return NOUNS[int(place**1.4 * len(NOUNS))]
        return JARGON[int(place**1.4 * len(JARGON))]

    def verb(self) -> str:
        return self.rng.choice(VERBS)

    def adjective(self) -> str:
        return self.rng.choice(ADJECTIVES)

    def thing(self) -> list[str]:
        """One to three words that name something."""
        draw = self.rng.random()
        if draw < 0.35:
            return [self.noun()]
        if draw < 0.9:
            return [self.adjective(), self.noun()] if draw < 0.6 else [self.noun(), self.noun()]
        return [self.noun(), self.adjective(), self.noun()]

    def action(self) -> list[str]:
        return [self.verb(), *self.thing()]

    def unique(self, words: list[str]) -> list[str]:
        """The words, with further ones until they were never given before."""
        while "_".join(words) in self._given:
            words = [*words, self.noun()]
        self._given.add("_".join(words))
        return words

    def phrase(self) -> str:
        rng = self.rng
        return rng.choice(_PHRASES).format(
            v=self.verb(), a=self.adjective(), n=self.noun(), m=self.noun(), d=rng.randint(100, 9999)
        )

    def title(self) -> str:
        """A text that a user reads."""
        return " ".join(self.action()).capitalize()


def camel(words: list[str]) -> str:
    return words[0] + "".join(word.capitalize() for word in words[1:])


def pascal(words: list[str]) -> str:
    return "".join(word.capitalize() for word in words)


def snake(words: list[str]) -> str:
    return "_".join(words)


def kebab(words: list[str]) -> str:
    return "-".join(words)


def constant(words: list[str]) -> str:
    return "_".join(words).upper()
