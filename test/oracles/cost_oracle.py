"""What a month costs, by arithmetic of its own: exact fractions, the prices of stacks/pricing, the sessions of XNYS.

A case states every assumption as one number, so that the fixture stays true when a default of the model moves.
"""

import json
from datetime import date
from fractions import Fraction
from math import ceil, floor
from pathlib import Path

import exchange_calendars
import pandas as pd

PRICING = Path(__file__).parent.parent.parent / "stacks" / "pricing"
REGION = "us-east-1"

# What the topology says; a test holds it to that. Queue, whether a function consumes it, messages in a minute of a session.
QUEUES = [["minutes", True, 1], ["bars-ready", True, 1], ["signals", True, 3], ["orders", False, 1]]
# Function, MB of memory, secrets read.
FUNCTIONS = [["ingest", 512, 1], ["signal", 512, 2], ["risk", 512, 1], ["report", 512, 2], ["rotate-secrets", 512, 1], ["upkeep", 512, 1]]
# Scheduled task, its function, runs a day.
SCHEDULES = [["sweep", "upkeep", 1440], ["maintain", "upkeep", 1]]
SECRETS = 9
SECRET_CACHE_MS = 60_000
RESIDENT_SECRETS = 2

BASE = {
    "runner-warmup-hours": "0.5", "runners": "1", "training-hours": "7.25", "spot-factor": "0.45", "gpu-disk-gb": "100",
    "gateway-vcpu": "1", "gateway-memory-gb": "3", "database-gb": "50", "database-gb-per-symbol": "0.1", "backup-gb": "3",
    "nat-gateways": "1", "zones": "2", "service-gb": "12.5", "interface-endpoints": "8", "internet-gb": "3",
    "cross-zone-gb": "0.7", "retry-factor": "1.02", "message-kb": "0.5", "message-kb-per-symbol": "0.6",
    "pollers-per-queue": "5", "function-ms": "120", "function-ms-per-symbol": "1", "cold-starts": "10", "init-ms": "300",
    "planned-runs": "4", "planned-seconds": "20", "page-viewers": "1", "page-polls": "12", "secret-refresh": "1",
    "kms-keys": "5", "kms-calls-per-queue-hour": "36", "log-kb": "1", "resident-log-mb": "2", "log-retention-months": "12",
    "other-alarms": "6", "dashboards": "1", "custom-metrics": "10", "image-gb": "5", "journal-gb": "3", "object-gb": "5",
}  # fmt: skip

CASES = [
    ("paper", "2026-12", {"symbols": 2, "gpu": "g6.xlarge", "network": "nat", "multiAz": False}, None, {}),
    ("growth", "2027-02", {"symbols": 250, "gpu": "g5.xlarge", "network": "endpoints", "multiAz": True}, 300,
     {"runners": "3", "zones": "3", "secret-refresh": "0.5", "retry-factor": "1.1", "training-hours": "160", "spot-factor": "0.6", "page-viewers": "7"}),
    ("paper", "2025-11", {"symbols": 1, "gpu": "none", "network": "nat", "multiAz": True}, None,
     {"planned-runs": "0", "message-kb-per-symbol": "63.5", "pollers-per-queue": "2", "nat-gateways": "3"}),
]  # fmt: skip


def costs():
    prices = recorded()
    facts = {"queues": QUEUES, "functions": FUNCTIONS, "schedules": SCHEDULES, "secretCacheMs": SECRET_CACHE_MS}
    return {"topology": facts, "cases": [case(prices, *each) for each in CASES]}


def recorded():
    rows = [row for path in PRICING.glob("*.json") for row in json.loads(path.read_text(), parse_float=Fraction)]
    return {row["id"]: Fraction(row["usd"]) for row in rows if row["region"] == REGION}


def case(prices, profile, month, choices, runner_hours, changes):
    assumed = {**BASE, **changes}
    time = month_of(month)
    lines = quantities(time, choices, runner_hours, {name: Fraction(value) for name, value in assumed.items()})
    micro = {}
    for name, (price, quantity) in lines.items():
        if price in prices:
            micro[name] = half_up(Fraction(half_up(quantity * 10**6), 10**6) * prices[price] * 10**6)
    return {
        "profile": profile,
        "month": month,
        "choices": choices,
        "runnerHours": runner_hours,
        "assumptions": {name: float(value) for name, value in assumed.items()},
        "sessionMinutes": time["minutes"],
        "usdMicro": micro,
        "unpriced": sorted(name for name, (price, _) in lines.items() if price not in prices),
        "totalUsdMicro": sum(micro.values()),
    }


def month_of(name):
    year, month = map(int, name.split("-"))
    days = (date(year + month // 12, month % 12 + 1, 1) - date(year, month, 1)).days
    xnys = exchange_calendars.get_calendar("XNYS", start=f"{name}-01", end=f"{name}-{days}")
    minutes = [int((row.close - row.open) / pd.Timedelta(minutes=1)) for row in xnys.schedule.itertuples()]
    return {"days": days, "hours": days * 24, "sessions": len(minutes), "minutes": sum(minutes)}


def quantities(time, choices, runner_hours, a):
    symbols, gpu = choices["symbols"], choices["gpu"]
    sent = time["minutes"] * a["retry-factor"] * sum(rate for _, _, rate in QUEUES)
    handled = time["minutes"] * a["retry-factor"] * sum(rate for _, is_function, rate in QUEUES if is_function)
    parts = ceil((a["message-kb"] + symbols * a["message-kb-per-symbol"]) / 64)
    pollers = sum(a["pollers-per-queue"] if is_function else 1 for _, is_function, _ in QUEUES)
    requests = half_up(sent * (parts + parts + 1) + pollers * 3 * 60 * time["hours"])
    runs = time["days"] * sum(a_day for _, _, a_day in SCHEDULES)
    viewed = time["minutes"] * a["page-viewers"] * a["page-polls"]
    planned = time["days"] * a["planned-runs"]
    scheduled = half_up(runs + planned)
    calls = half_up(handled + scheduled + viewed)
    starts = len(FUNCTIONS) * time["days"] * a["cold-starts"]
    # Every function has half a GB, so the memory can wait until the end.
    seconds = (handled + runs + viewed) * (a["function-ms"] + symbols * a["function-ms-per-symbol"]) / 1000
    seconds += starts * a["init-ms"] / 1000 + planned * a["planned-seconds"]
    per_minute = Fraction(60_000, SECRET_CACHE_MS)
    read = {name: count for name, _, count in FUNCTIONS}
    consumers = read["ingest"] + read["signal"] + read["risk"]
    old = consumers * time["minutes"] * per_minute + RESIDENT_SECRETS * time["hours"] * 60 * per_minute + runs
    cold = time["days"] * a["cold-starts"] * sum(read.values())
    reads = half_up(cold + a["secret-refresh"] * old + Fraction(time["days"], 7) * SECRETS * 12)
    opened = half_up(len(QUEUES) * time["hours"] * a["kms-calls-per-queue-hour"] + reads)
    logged = calls * a["log-kb"] / 10**6 + time["hours"] * a["resident-log-mb"] / 1000
    alarms = 2 * len(QUEUES) + 3 + 2 * len(FUNCTIONS) + len(SCHEDULES) + a["other-alarms"]
    lines = {
        "gateway-cpu": ("fargate.x86-vcpu-hour", time["hours"] * a["gateway-vcpu"]),
        "gateway-memory": ("fargate.x86-gb-hour", time["hours"] * a["gateway-memory-gb"]),
        "database-instance": (f"rds.t4g-medium{'-multi-az' if choices['multiAz'] else ''}-hour", time["hours"]),
        "database-storage": (
            "rds.gp3-gb-month",
            (a["database-gb"] + symbols * a["database-gb-per-symbol"]) * (2 if choices["multiAz"] else 1),
        ),
        "database-backups": ("rds.backup-gb-month", a["backup-gb"]),
        "internet": ("transfer.internet-gb", a["internet-gb"]),
        "cross-zone": ("transfer.cross-zone-gb", a["cross-zone-gb"] * 2),
        "function-calls": ("lambda.million-requests", Fraction(calls, 10**6)),
        "function-time": ("lambda.arm64-gb-second", seconds / 2),
        "schedules": ("scheduler.million-invocations", Fraction(scheduled, 10**6)),
        "queue-requests": ("sqs.fifo-million-requests", Fraction(requests, 10**6)),
        "secrets": ("secrets.secret-month", SECRETS),
        "secret-calls": ("secrets.10k-calls", Fraction(reads, 10**4)),
        "keys": ("kms.key-month", a["kms-keys"]),
        "key-calls": ("kms.10k-requests", Fraction(opened, 10**4)),
        "logs": ("cloudwatch.logs-gb", logged),
        "logs-kept": ("cloudwatch.logs-stored-gb-month", logged * a["log-retention-months"]),
        "alarms": ("cloudwatch.alarm-month", alarms),
        "dashboards": ("cloudwatch.dashboard-month", a["dashboards"]),
        "metrics": ("cloudwatch.metric-month", a["custom-metrics"]),
        "images": ("ecr.gb-month", a["image-gb"]),
        "insights": ("cloudwatch.insights-month", 1),
        "journal": ("efs.gb-month", a["journal-gb"]),
        "objects": ("s3.gb-month", a["object-gb"]),
        "market-data": ("broker.market-data-month", 1),
        "support": ("aws.support-month", 1),
    }
    if choices["network"] == "nat":
        lines["nat"] = ("vpc.nat-hour", time["hours"] * a["nat-gateways"])
        lines["nat-traffic"] = ("vpc.nat-gb", a["service-gb"])
        lines["addresses"] = ("vpc.public-ipv4-hour", time["hours"] * a["nat-gateways"])
    else:
        lines["endpoints"] = ("vpc.endpoint-hour", time["hours"] * a["zones"] * a["interface-endpoints"])
        lines["endpoint-traffic"] = ("vpc.endpoint-gb", a["service-gb"])
        lines["addresses"] = ("vpc.public-ipv4-hour", time["hours"])
    if gpu != "none":
        warm = Fraction(time["minutes"], 60) + time["sessions"] * a["runner-warmup-hours"]
        up = a["runners"] * (warm if runner_hours is None else runner_hours)
        hourly = f"ec2.{gpu.replace('.', '-')}-hour"
        lines["gpu-inference"] = (hourly, up)
        lines["gpu-training"] = (hourly, a["training-hours"] * a["spot-factor"])
        lines["gpu-disk"] = ("ebs.gp3-gb-month", (up + a["training-hours"]) * a["gpu-disk-gb"] / time["hours"])
    return lines


def half_up(value):
    return floor(Fraction(value) + Fraction(1, 2))
