"""What TA-Lib, numpy and pandas say about the synthetic bars."""

import numpy as np
import pandas as pd
import talib

from synthetic import bar_cases, profile_sessions

READY_CLOSES = 31
SESSION_MINUTES = 390
PROFILE_SESSIONS_MIN = 5
PROFILE_SESSIONS_MAX = 20
RELATIVE_VOLUME_MAX = 20


def indicators():
    cases = [
        {"name": name, "bars": bars, "indicators": _indicators(bars), "features": _features(bars)}
        for name, bars in bar_cases().items()
    ]
    sessions = profile_sessions()
    return {"cases": cases, "profile": {"sessions": sessions, "usual": _usual(sessions)}}


def _arrays(bars):
    return [np.array(bars[column], dtype=float) for column in ("high", "low", "close", "volume")]


def _padded(values, length):
    return np.concatenate([np.full(length - len(values), np.nan), values])


def _ema(close, period):
    """Seeded with the first close, as tulipy does; TA-Lib would seed with the mean of the first closes."""
    return pd.Series(close).ewm(span=period, adjust=False).mean().to_numpy()


def _vwap(high, low, close, volume):
    with np.errstate(invalid="ignore"):
        return np.cumsum((high + low + close) / 3 * volume) / np.cumsum(volume)


def _log_return(close, minutes):
    return _padded(np.log(close[minutes:] / close[:-minutes]), len(close))


def _volatility(close):
    return pd.Series(_log_return(close, 1)).rolling(30).std(ddof=1).to_numpy()


def _indicators(bars):
    high, low, close, volume = _arrays(bars)
    return {
        "ema12": _ema(close, 12),
        "ema26": _ema(close, 26),
        "ta_rsi14": talib.RSI(close, 14),
        "ta_atr14": talib.ATR(high, low, close, 14),
        "vwap": _vwap(high, low, close, volume),
        "realised_volatility30": _volatility(close),
    }


def _features(bars):
    """By the names of feature-schema.ts; the series is one session that starts at its open, without past sessions."""
    high, low, close, volume = _arrays(bars)
    top, bottom = np.maximum.accumulate(high), np.minimum.accumulate(low)
    mean_volume = pd.Series(volume).expanding().mean().to_numpy()
    angle = 2 * np.pi * np.arange(len(close)) / SESSION_MINUTES
    with np.errstate(invalid="ignore"):
        relative_volume = np.minimum(volume / mean_volume, RELATIVE_VOLUME_MAX)
    return {
        "logReturn1m": _log_return(close, 1),
        "logReturn5m": _log_return(close, 5),
        "rsi14": (talib.RSI(close, 14) - 50) / 50,
        "emaGap": (_ema(close, 12) - _ema(close, 26)) / close,
        "vwapGap": close / _vwap(high, low, close, volume) - 1,
        "atr14": talib.ATR(high, low, close, 14) / close,
        "realisedVolatility30m": _volatility(close),
        "relativeVolume": relative_volume,
        "dayRangePlace": (close - bottom) / (top - bottom),
        "timeSine": np.sin(angle),
        "timeCosine": np.cos(angle),
    }


def _usual(sessions):
    """Per session and minute: the mean of the traded volumes of the 20 sessions before; 0 below five of them."""
    volumes = pd.DataFrame(sessions).replace(0, np.nan)
    past = volumes.shift(1).rolling(PROFILE_SESSIONS_MAX, min_periods=PROFILE_SESSIONS_MIN).mean()
    return past.fillna(0).to_numpy()
