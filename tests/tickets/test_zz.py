import os
from hypothesis import given, settings, HealthCheck, Phase
from tests.conditions import reference
from tests.conditions.population import cases
from helpdesk.conditions import dates, evaluate as ev
from helpdesk.conditions.grammar import parse_definition
from decimal import Decimal
from types import SimpleNamespace as NS
class S:
    def __init__(s,p,t,now): s.p,s.t,s.now=p,t,now
    def profile(s,n): return reference.about_person(s.p,n)
    def ticket(s,n): return reference.about_ticket(s.t,n)
    def events(s,m): return [NS(occurred_at=e["at"],value=e["value"] and Decimal(e["value"]),properties=e["properties"]) for e in s.p["events"] if e["metric"]==m]
    def groups(s): return list(map(str,s.p["segments"]))
if os.environ.get("MUT"):
    old=dates._within
    dates._within=lambda y,a,b: [(dates.yearless(a) if a.year==y else "01", dates.yearless(b) if b.year==y else "13")]
N=[0]
@settings(max_examples=int(os.environ.get("N","100")),suppress_health_check=list(HealthCheck),phases={Phase.generate},database=None)
@given(cases(20))
def test_x(case):
    now,ps,asked=case
    for d in asked:
        m=ev.compile_definition(parse_definition(d))
        for p in ps:
            for t in [None,*p["tickets"]]:
                N[0]+=1
                assert m(S(p,t,now),now) is reference.matches(d,p,t,now)
def test_n(): print("asked",N)
