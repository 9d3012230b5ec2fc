"""Full-text search over tickets: subject, messages, the customer's name, e-mail, phone and external ID, the ticket's number.

`search(tickets, text)` narrows any list of tickets; `newest(…)` and `best(…)` are the pages of a search over all of them;
`snippets(tickets, text)` shows where the words stand. What may be asked is in `queries`. Nobody sees more than they did
before: each takes the tickets that somebody may see (V3), and gives some of them.
"""

from helpdesk.tickets.search.finding import best, newest, search
from helpdesk.tickets.search.indexing import index_tickets
from helpdesk.tickets.search.queries import parse
from helpdesk.tickets.search.snippets import Part, Snippet, marked, snippets

__all__ = ["Part", "Snippet", "best", "index_tickets", "marked", "newest", "parse", "search", "snippets"]
