"""What empyrical, quantstats and the formulas in numpy and scipy say about the synthetic daily returns."""

import warnings

import empyrical
import numpy as np
import pandas as pd
import quantstats.stats as quantstats
from scipy import stats

from synthetic import return_cases

DAYS_PER_YEAR = 252
TAIL = 0.05
FLAT = 1e-12


def metrics():
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        return {"cases": [_case(name, returns) for name, returns in return_cases().items()]}


def _case(name, returns):
    values = np.array(returns)
    return {
        "name": name,
        "returns": returns,
        "definition": _definition(values),
        "empyrical": _empyrical(values),
        "quantstats": _quantstats(values),
    }


def _definition(r):
    n = len(r)
    sd = r.std(ddof=1) if n > 1 else np.nan
    varies = bool(sd > FLAT)
    has_shape = varies and n > 2
    downside = np.sqrt(np.mean(np.minimum(r, 0) ** 2))
    equity = np.concatenate([[1.0], np.cumprod(1 + r)])
    drawdown = np.max(1 - equity / np.maximum.accumulate(equity))
    cagr = np.prod(1 + r) ** (DAYS_PER_YEAR / n) - 1
    quantile = np.quantile(r, TAIL)
    z = stats.norm.ppf(TAIL)
    skew = stats.skew(r) if has_shape else np.nan
    kurtosis = stats.kurtosis(r) if has_shape else np.nan
    z_cf = z + (z**2 - 1) * skew / 6 + (z**3 - 3 * z) * kurtosis / 24 - (2 * z**3 - 5 * z) * skew**2 / 36
    daily = r.mean() / sd if varies else np.nan
    root = np.sqrt(1 - skew * daily + (kurtosis + 2) / 4 * daily**2)
    return {
        "annual_vol": sd * np.sqrt(DAYS_PER_YEAR),
        "sharpe": daily * np.sqrt(DAYS_PER_YEAR),
        "sortino": r.mean() / downside * np.sqrt(DAYS_PER_YEAR) if n > 1 and downside > 0 else np.nan,
        "total_return": equity[-1] - 1,
        "cagr": cagr,
        "max_drawdown": drawdown,
        "calmar": cagr / drawdown if drawdown > 0 else np.nan,
        "var95_historical": -quantile,
        "var95_parametric": -(r.mean() + z * sd),
        "var95_cornish_fisher": -(r.mean() + z_cf * sd),
        "cvar95_at_or_below_var": -r[r <= quantile].mean(),
        "cvar95_worst_5pct": -np.sort(r)[: int(np.ceil(TAIL * n))].mean(),
        "skew": skew,
        "excess_kurtosis": kurtosis,
        "psr": stats.norm.cdf(daily * np.sqrt(n - 1) / root),
    }


def _empyrical(r):
    return {
        "annual_vol": empyrical.annual_volatility(r),
        "sharpe": empyrical.sharpe_ratio(r),
        "sharpe_rf_1bp_day": empyrical.sharpe_ratio(r, risk_free=0.0001),
        "sortino": empyrical.sortino_ratio(r),
        "cagr": empyrical.annual_return(r),
        "max_drawdown": empyrical.max_drawdown(r),
        "calmar": empyrical.calmar_ratio(r),
        "var95_historical": empyrical.value_at_risk(r),
        "cvar95": empyrical.conditional_value_at_risk(r),
    }


def _quantstats(r):
    series = pd.Series(r, index=pd.bdate_range("2025-01-02", periods=len(r)))
    return {
        "annual_vol": _number(quantstats.volatility, series),
        "sharpe": _number(quantstats.sharpe, series),
        "sortino": _number(quantstats.sortino, series),
        "max_drawdown": _number(quantstats.max_drawdown, series),
        "var95_parametric": _number(quantstats.value_at_risk, series),
        "win_rate": _number(quantstats.win_rate, series),
        "profit_factor": _number(quantstats.profit_factor, series),
    }


def _number(ask, series):
    """quantstats raises on some edge cases; what it raised is then the answer."""
    try:
        return float(ask(series))
    except Exception as problem:  # noqa: BLE001 - any refusal is an answer worth recording
        return f"error:{type(problem).__name__}"
