"""The series that the oracles are asked about: made up here, the same on every machine, no recorded price among them.

A linear congruential generator in plain integers, so that no library's idea of randomness can change a fixture.
"""

TICK_E4 = 100


class Noise:
    """Uniform numbers in 0…1 and roughly normal ones (the sum of twelve uniforms, less six)."""

    def __init__(self, seed):
        self._state = seed

    def uniform(self):
        self._state = (self._state * 6364136223846793005 + 1442695040888963407) % 2**64
        return (self._state >> 11) / 2**53

    def normal(self):
        return sum(self.uniform() for _ in range(12)) - 6


def bars(seed, count, start_e4, step_e4, drift_e4=0, tick_e4=TICK_E4):
    """Columns of one-minute bars: prices in 1e-4 USD on whole ticks, volume in shares."""
    noise = Noise(seed)
    columns = {"high": [], "low": [], "close": [], "volume": []}
    price = start_e4
    for _ in range(count):
        path = [price]
        for _ in range(4):
            path.append(max(tick_e4, path[-1] + drift_e4 / 4 + noise.normal() * step_e4 / 2))
        ticks = [round(at / tick_e4) * tick_e4 for at in path[1:]]
        columns["high"].append(max(ticks))
        columns["low"].append(min(ticks))
        columns["close"].append(ticks[-1])
        columns["volume"].append(int(2_000 + 30_000 * noise.uniform() ** 3))
        price = path[-1]
    return columns


def bar_cases():
    session = bars(11, 390, 2_480_000, 1_500)
    rising = {
        "high": [900_000 + 300 * i for i in range(60)],
        "low": [899_000 + 300 * i for i in range(60)],
        "close": [899_900 + 300 * i for i in range(60)],
        "volume": [1_000 + i for i in range(60)],
    }
    jumpy = bars(12, 120, 15_000, 60, tick_e4=1)
    for i in range(70, 120):
        for column in ("high", "low", "close"):
            jumpy[column][i] += 4_000
    thin = bars(13, 80, 410_000, 400, drift_e4=-60)
    for i in (0, 1, 2, 17, 18, 50):
        thin["volume"][i] = 0
    return {
        "a full session": session,
        "a market that only rises": rising,
        "a cheap stock with a jump": jumpy,
        "a falling stock with minutes without volume": thin,
    }


def profile_sessions():
    """Volumes of four minutes in 26 sessions; a zero is a minute that did not trade."""
    noise = Noise(14)
    return [[0 if noise.uniform() < 0.15 else int(500 + 9_000 * noise.uniform()) for _ in range(4)] for _ in range(26)]


def _daily(seed, count, sd, drift=0.0):
    """Daily returns whose volatility wanders, so that the tails are heavy."""
    noise = Noise(seed)
    spread = sd
    returns = []
    for _ in range(count):
        spread = 0.9 * spread + 0.1 * sd * (0.3 + 3 * noise.uniform() ** 2)
        returns.append(drift + spread * noise.normal())
    return returns


def return_cases():
    gains = [0.001 + 0.0017 * i for i in range(20)]
    calm = _daily(25, 61, 0.008)
    cases = {
        "two years of heavy tails": _daily(21, 504, 0.018, 0.0006),
        "a losing quarter": _daily(22, 63, 0.012, -0.002),
        "a month": _daily(23, 21, 0.01, 0.001),
        "every other day flat": [0 if i % 2 else value for i, value in enumerate(_daily(24, 120, 0.015))],
        "all zero": [0.0] * 20,
        "constant gain": [0.0007] * 20,
        "only gains": gains,
        "only losses": [-value for value in gains],
        "first day is the loss": [-0.05] + gains[:19],
        "a crash of 60 %": calm[:30] + [-0.6] + calm[31:],
        "ties at the 5 % point": [-0.01] * 4 + [0.002 + 0.0001 * i for i in range(36)],
        "three days": [0.01, -0.004, 0.002],
        "two days": [0.01, -0.02],
        "one day": [0.01],
    }
    return {name: [round(value, 10) for value in returns] for name, returns in cases.items()}
