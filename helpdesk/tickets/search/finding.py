"""Which tickets a query finds: some of a list, or of all tickets a page at a time."""

from __future__ import annotations

from django.db.models import F, OuterRef, QuerySet, Subquery

from helpdesk.tickets.models.search import Rank, SearchText
from helpdesk.tickets.models.tickets import Tag, Ticket
from helpdesk.tickets.search.queries import Query, Term, parse
from helpdesk.tickets.search.words import starts_at, words

NEAR = (400, 2_000)  # of the newest tickets, which are looked at one by one
FAR = 64_000  # numbers below those, and then all that are left
ALL = 10**9
COMMON = 0.02  # of the nearest tickets have it: a begun word of which the index would have to gather too many
CANDIDATES = 300  # of which the best are shown first


def search(tickets: QuerySet[Ticket], text: str) -> QuerySet[Ticket]:
    """Those of `tickets` that the query finds, in the order they had. All of them for blanks, none for signs alone."""
    query = parse(text)
    if not query:
        return tickets.none() if text.strip() else tickets
    return _found(tickets, query)


def _found(tickets: QuerySet[Ticket], query: Query) -> QuerySet[Ticket]:
    tickets = _narrowed(tickets, query)
    return tickets.filter(pk__in=SearchText.objects.filter(document__finds=query).values("ticket")) if query.terms else tickets


def _narrowed(tickets: QuerySet[Ticket], query: Query) -> QuerySet[Ticket]:
    """By what is asked for besides words."""
    for number, is_excluded in query.numbers:
        tickets = tickets.exclude(pk=number) if is_excluded else tickets.filter(pk=number)
    for tag in query.tags:
        has_it = Ticket.tags.through.objects.filter(tag__in=_tags(tag)).values("ticket")
        tickets = tickets.exclude(pk__in=has_it) if tag.is_excluded else tickets.filter(pk__in=has_it)
    return tickets


def _tags(term: Term) -> list[int]:
    """A desk has some hundreds of tags: they are asked by the same words as tickets are."""
    return [number for number, name in Tag.objects.values_list("pk", "name") if starts_at(words(name), term.words, is_prefix=True)]


def newest(tickets: QuerySet[Ticket], text: str, *, limit: int, before: int | None = None, are_few: bool = False) -> list[int]:
    """The numbers of the newest tickets that the query finds, the highest first, `before` that one. Blanks find nothing.

    `are_few`: some thousands at most, as open tickets are, which may lie far apart.
    """
    query = parse(text)
    wanted = _narrowed(tickets.order_by("-pk"), query)
    if before is not None:
        wanted = wanted.filter(pk__lt=before)
    if not query.terms:
        return _numbers(wanted, limit) if query else []
    if are_few:
        return _numbers(_found(wanted, query), limit)
    return _newest(wanted, query, limit)


def _newest(tickets: QuerySet[Ticket], query: Query, limit: int) -> list[int]:
    """The nearest tickets one by one: whoever looks for a word of every tenth ticket has a full page there.

    What is rarer is asked of the index of words, in two steps, so that of a word of every hundredth not all tickets are fetched that
    have it.
    """
    for size in NEAR:
        near = SearchText.objects.filter(ticket__in=tickets.values("pk")[:size])
        found = _numbers(near.filter(document__holds=query).order_by("-pk"), limit)
        last = _numbers(tickets[size - 1 :], 1)
        if len(found) >= limit or not last:
            return found
    top, documents = last[0], _by_index(query, near)
    for older in ({"pk__lt": top, "pk__gte": top - FAR}, {"pk__lt": top - FAR}):
        if len(found) < limit:
            found += _sorted(tickets.filter(**older), documents.filter(**older), limit - len(found))
    return found


def _numbers(rows: QuerySet[Ticket] | QuerySet[SearchText], limit: int) -> list[int]:
    return list(rows.values_list("pk", flat=True)[:limit])


def _sorted(tickets: QuerySet[Ticket], documents: QuerySet[SearchText], limit: int) -> list[int]:
    """By nothing that has an index, and the documents first (a limit is what a planner does not look through): one that hopes to meet
    enough of them on its way down the numbers reads all when they are all old."""
    wanted = tickets.filter(pk__in=documents.values("pk")[:ALL])
    return _numbers(wanted.alias(number=F("pk") + 0).order_by("-number"), limit)


def _by_index(query: Query, near: QuerySet[SearchText]) -> QuerySet[SearchText]:
    """Of a begun word the index gathers every ticket that has one of its endings, before it looks at the other words."""
    begun = tuple(term for term in query.terms if term.is_prefix)
    others = tuple(term for term in query.terms if not term.is_prefix)
    is_common = begun and near.filter(document__holds=Query(begun)).count() > COMMON * NEAR[-1]
    if is_common and any(not term.is_excluded for term in others):
        return SearchText.objects.filter(document__finds=Query(others), document__holds=query)
    return SearchText.objects.filter(document__finds=query)


def best(tickets: QuerySet[Ticket], text: str, *, limit: int, skip: int = 0, are_few: bool = False) -> list[int]:
    """Of the CANDIDATES newest that are found, those that fit best first: words in the subject and of the customer count more."""
    query = parse(text)
    candidates = newest(tickets, text, limit=CANDIDATES, are_few=are_few)
    rank = Subquery(SearchText.objects.filter(ticket=OuterRef("pk")).values(fit=Rank(query))[:1])
    found = Ticket.objects.filter(pk__in=candidates)
    ordered = found.alias(fit=rank).order_by("fit", "-pk") if query.terms else found.order_by("-pk")
    return list(ordered.values_list("pk", flat=True)[skip : skip + limit])
