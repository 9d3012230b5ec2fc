"""How often customers order, and whether they still do: the BG/NBD model and its modification.

P. Fader, B. Hardie, K. L. Lee: “Counting Your Customers” the Easy Way, Marketing Science 24 (2005), no. 2: BG/NBD. Who ordered once
can never be lost there. E. P. Batislam, M. Denizel, A. Filiztekin: Empirical Validation and Comparison of Models for Customer Base
Analysis, International Journal of Research in Marketing 24 (2007), no. 3: MBG/NBD, where they can, and which is what we use.

A customer orders at random at a rate of their own, Gamma(r, alpha) among customers, and after an order stays away for ever with a
probability of their own, Beta(a, b). Everything is written with `chances`, how often a customer could have stayed away: after each
order but the first in BG/NBD, after each order in MBG/NBD. Time is in weeks.

scipy takes seconds to import: whoever is imported by every process imports this where it is used.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.optimize import minimize
from scipy.special import betaln, expit, gammaln, hyp2f1

Array = npt.NDArray[np.float64]
_BOUNDS = (-8.0, 8.0)  # of the logarithm of each parameter: what lies outside no orders can tell from the bound
_NEARLY_ONE = 1e-5


@dataclass(frozen=True)
class Histories:
    """One entry a customer: on how many days they ordered again, weeks from the first to the last of all, weeks from the first until now."""

    repeats: Array
    recency: Array
    age: Array

    def some(self, most: int) -> Histories:
        """Every so many-th of them, so that no more remain."""
        step = -(-len(self.age) // most) or 1
        return Histories(self.repeats[::step], self.recency[::step], self.age[::step])


@dataclass(frozen=True)
class Purchases:
    r: float
    alpha: float
    a: float
    b: float
    may_leave_at_first: bool = True

    def log_likelihood(self, of: Histories) -> float:
        """Of all customers; equation 6 of Fader, Hardie & Lee, in logarithms."""
        x, chances = of.repeats, self._chances(of)
        orders = gammaln(self.r + x) - gammaln(self.r) + self.r * np.log(self.alpha) - betaln(self.a, self.b)
        stayed = betaln(self.a, self.b + chances) - (self.r + x) * np.log(self.alpha + of.age)
        left = betaln(self.a + 1, self.b + np.maximum(chances, 1) - 1) - (self.r + x) * np.log(self.alpha + of.recency)
        return float(np.sum(orders + np.logaddexp(stayed, np.where(chances > 0, left, -np.inf))))

    def probability_alive(self, of: Histories) -> Array:
        """That they have not left for ever."""
        chances = self._chances(of)
        odds_of_left = np.log(self.a) - np.log(self.b + np.maximum(chances, 1) - 1)
        odds_of_left += (self.r + of.repeats) * np.log((self.alpha + of.age) / (self.alpha + of.recency))
        alive: Array = np.where(chances > 0, expit(-odds_of_left), 1.0)
        return alive

    def expected(self, of: Histories, weeks: float) -> Array:
        """Orders in the next weeks; equation 10. Of the two ways to write its hypergeometric function each customer gets the one that stays small."""
        chances, orders = self._chances(of), self.r + of.repeats
        a = self.a if abs(self.a - 1) > _NEARLY_ONE else 1 + _NEARLY_ONE  # at 1 it is a limit
        rest = (self.alpha + of.age) / (self.alpha + of.age + weeks)
        total, is_long = a + self.b + chances - 1, orders > a - 1
        series = hyp2f1(np.where(is_long, total - orders, orders), np.where(is_long, a - 1, self.b + chances), total, 1 - rest)
        series = np.where(np.isfinite(series), series, np.nan)  # where scipy gives up, nobody knows
        while_alive: Array = total / (a - 1) * (1 - rest ** np.minimum(orders, a - 1) * series)
        return np.maximum(while_alive, 0) * self.probability_alive(of)

    def median_wait(self, of: Histories) -> Array:
        """Weeks from the last order, by when half of those like this customer order again, of those who do not leave."""
        with np.errstate(over="ignore"):  # hardly anybody orders: for ever
            wait: Array = (self.alpha + of.recency) * np.expm1(np.log(2) / (self.r + of.repeats))
        return wait

    def _chances(self, of: Histories) -> Array:
        return of.repeats + self.may_leave_at_first


def fit_purchases(of: Histories, *, may_leave_at_first: bool = True) -> Purchases:
    """By maximum likelihood. Finite whatever the orders are: parameters stay within bounds."""

    def model(logs: Array) -> Purchases:
        r, alpha, a, b = (float(each) for each in np.exp(logs))
        return Purchases(r, alpha, a, b, may_leave_at_first)

    age = max(float(np.mean(of.age)), 1.0)
    best = least(lambda logs: -model(logs).log_likelihood(of) / len(of.age), start=[0.0, float(np.log(age)), 0.0, 0.0], bounds=[_BOUNDS] * 4)
    return model(best)


def least(cost: Any, *, start: list[float], bounds: list[tuple[float, float]]) -> Array:
    """Where the cost is least: by gradients first, which is quick, and then without, which needs no smoothness."""
    near = minimize(cost, start, method="L-BFGS-B", bounds=bounds)
    best: Array = minimize(cost, near.x, method="Nelder-Mead", bounds=bounds, options={"xatol": 1e-4, "fatol": 1e-9}).x
    return best
