"""What exchange_calendars says about the sessions of the New York exchanges."""

import exchange_calendars
import pandas as pd

FIRST, LAST = "2010-01-01", "2028-12-31"


def calendar():
    """Rows of [date, open in UTC, minutes]; a month of them per line of the file."""
    xnys = exchange_calendars.get_calendar("XNYS", start=FIRST, end=LAST)
    schedule = xnys.schedule
    rows = [
        [int(date.strftime("%Y%m%d")), opened.strftime("%H:%M"), int((closed - opened) / pd.Timedelta(minutes=1))]
        for date, opened, closed in zip(schedule.index, schedule["open"], schedule["close"], strict=True)
    ]
    months = {}
    for row in rows:
        months.setdefault(str(row[0] // 100), []).append(row)
    return {"from": FIRST, "to": LAST, "months": months}
