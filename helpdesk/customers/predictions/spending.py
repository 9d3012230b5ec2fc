"""How much customers spend on an order: the Gamma-Gamma model.

P. Fader, B. Hardie: The Gamma-Gamma Model of Monetary Value (2013), brucehardie.com/notes/025. The values of a customer's orders vary
around a mean of their own, Gamma(p) around it; the means vary among customers by q and v. The mean is taken to say nothing about how often.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.special import gammaln

from helpdesk.customers.predictions.purchases import Array, least

_P, _Q, _V = (-5.0, 10.0), (0.01, 10.0), (-10.0, 12.0)  # bounds of their logarithms; with q at 1 there is no mean


@dataclass(frozen=True)
class Spending:
    p: float
    q: float
    v: float

    def log_likelihood(self, orders: Array, mean: Array) -> float:
        """Of customers with that many orders of that mean value, both above 0; equation 1a, in logarithms."""
        q, v, n = self.q, self.v, self.p * orders
        each = gammaln(n + q) - gammaln(n) - gammaln(q) + q * np.log(v) + (n - 1) * np.log(mean) + n * np.log(orders) - (n + q) * np.log(orders * mean + v)
        return float(np.sum(each))

    def expected(self, orders: Array, mean: Array) -> Array:
        """The mean value of a customer's orders, seen and to come; equation 5. Without orders, that of all customers."""
        value: Array = self.p * (self.v + orders * np.maximum(mean, 0)) / (self.p * orders + self.q - 1)
        return value


def fit_spending(orders: Array, mean: Array) -> Spending:
    """By maximum likelihood, in units of the shop's own mean, so that the currency does not matter."""
    unit = float(np.mean(mean))

    def model(logs: Array) -> Spending:
        p, q, v = (float(each) for each in np.exp(logs))
        return Spending(p, q, v)

    best = model(least(lambda logs: -model(logs).log_likelihood(orders, mean / unit) / len(mean), start=[1.0, 1.0, 0.0], bounds=[_P, _Q, _V]))
    return Spending(best.p, best.q, best.v * unit)
