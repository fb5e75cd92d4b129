"""Works out golden numbers of normalisation and aggregation, on its own.

It follows sql/METHOD.md, sections 2 and 3, and shares no code with the program:
decimals of fifty digits, logarithms and exponentials of the decimal module.

    python3 golden.py

writes raw.csv (what ten companies measured, some of it missing or beyond the
goalposts) and want.csv (what every indicator, pillar and score must be).
"""

import csv
import random
from decimal import Decimal, getcontext

getcontext().prec = 50
D = Decimal

# pillar, its weight, then indicator: weight inside, transform, low and high goalpost
METHOD = {
    ("spread", "0.40"): {
        "attention": ("0.30", "ln", "-11.5", "-5"),
        "attention_tier_1": ("0.20", "ln", "-11.5", "-5"),
        "outlet_breadth": ("0.20", "logit", "-6", "1"),
        "effective_countries": ("0.20", "ln", "0", "3"),
        "effective_languages": ("0.10", "ln", "0", "2"),
    },
    ("influence", "0.30"): {
        "likes": ("0.20", "none", "0", "2.5"),
        "shares": ("0.25", "none", "0", "2.5"),
        "comments": ("0.25", "none", "0", "2.5"),
        "pickups": ("0.20", "ln1p", "0.1", "0.6"),
        "headline_prominence": ("0.10", "logit", "-1", "0.5"),
    },
    ("reputation", "0.30"): {
        "net_tone": ("0.50", "none", "-0.3", "0.3"),
        "no_strong_negative": ("0.25", "logit", "1", "4"),
        "positive_countries": ("0.25", "logit", "-1.5", "1.5"),
    },
}
CAP, FLOOR = D("1.2"), D(1)
LINKS = {"spread": D("1.05"), "influence": D(1), "reputation": D("0.98")}


def transform(kind, x):
    if kind == "ln":
        return max(x, D("1e-12")).ln()
    if kind == "ln1p":
        return (1 + x).ln()
    if kind == "logit":
        x = min(max(x, D("0.000001")), D("0.999999"))
        return (x / (1 - x)).ln()
    return x


def draw(rng, kind, low, high):
    """A raw value whose transform falls around, and now and then beyond, the goalposts."""
    f = D(repr(rng.uniform(-0.2, 1.4))) * (D(high) - D(low)) + D(low)
    if kind == "ln":
        x = f.exp()
    elif kind == "ln1p":
        x = max(f, D(0)).exp() - 1
    elif kind == "logit":
        x = 1 / (1 + (-f).exp())
    else:
        x = f
    return round(x, 12)


def main():
    rng = random.Random(20261122)
    raws, wants = [], []
    for n in range(1, 11):
        company = f"c{n:02d}"
        log_score, parts = D(0), {}
        for (pillar, _), indicators in METHOD.items():
            parts[pillar] = {}
            for name, (weight, kind, low, high) in indicators.items():
                missing = (
                    name in ("likes", "shares", "comments") and n % 3 == 0  # no platform
                    or name == "attention_tier_1" and n % 4 == 0
                    or pillar == "reputation" and n == 7  # a pillar of which nothing is known
                )
                raw = draw(rng, kind, low, high)
                if n == 9 and pillar == "influence":
                    raw = D(0) if kind == "ln1p" else D("0.000001")  # the floor holds
                if missing:
                    continue
                raws.append((company, name, raw))
                f = transform(kind, raw)
                y = 100 * min(max((f - D(low)) / (D(high) - D(low)), D(0)), CAP)
                parts[pillar][name] = (D(weight), f, y)
        known = {p for p in parts if parts[p]}
        total = sum(D(w) for (p, w) in METHOD if p in known)
        for (pillar, weight), _ in METHOD.items():
            if pillar not in known:
                continue
            weights = sum(v for v, _, _ in parts[pillar].values())
            mean = D(0)
            for name, (v, f, y) in parts[pillar].items():
                wants.append((company, "indicator", name, round(y, 9)))
                mean += v / weights * y
            value = LINKS[pillar] * max(mean, FLOOR)
            wants.append((company, "pillar", pillar, round(value, 9)))
            log_score += D(weight) / total * value.ln()
        wants.append((company, "score", "score", round(log_score.exp(), 9)))
    for path, head, rows in (
        ("raw.csv", ("company_id", "indicator", "raw_value"), raws),
        ("want.csv", ("company_id", "what", "name", "value"), wants),
    ):
        with open(path, "w", newline="") as file:
            writer = csv.writer(file, lineterminator="\n")
            writer.writerow(head)
            writer.writerows(rows)


main()
