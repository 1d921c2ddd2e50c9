"""The figures of `lanbi assess attainment --rows hour` for every year of a CSV of hours, with pandas and numpy.

    python3 attainment_pandas.py HOURS.csv

Hours are named by their end. A day mean needs 20 hours, an 8-hour mean of ozone 6 of 8, the daily maximum 14 windows inside the
day or a maximum above 160 ug/m3. Out: site,period,item,statistic,value without rounding. `lanbi bench assess --python` runs it.
"""

import sys
import warnings

import numpy as np
import pandas as pd

ITEMS = ["pm25", "pm10", "so2", "no2", "co", "o3"]
WANTED = [("so2", "mean"), ("so2", "p98"), ("no2", "mean"), ("no2", "p98"), ("pm10", "mean"), ("pm10", "p95"),
          ("pm25", "mean"), ("pm25", "p95"), ("co", "p95"), ("o3_8h", "p90")]

warnings.simplefilter("ignore", RuntimeWarning)  # means of days without hours
table = pd.read_csv(sys.argv[1], dtype={"site": "category", **{item: "float64" for item in ITEMS}})
table["time"] = pd.to_datetime(table["time"], format="%Y-%m-%dT%H:%M") - pd.Timedelta(hours=1)

print("site,period,item,statistic,value")
rows = []
for site, own in table.groupby("site", observed=True, sort=False):
    own = own.set_index("time")
    own = own[~own.index.duplicated(keep="last")]
    start, end = own.index.min().normalize(), own.index.max().normalize() + pd.Timedelta(hours=23)
    grid = pd.date_range(start, end, freq="h")
    hours = own[ITEMS].reindex(grid).to_numpy().reshape(-1, 24, len(ITEMS))
    counts = np.sum(~np.isnan(hours), axis=1)
    means = np.where(counts >= 20, np.nanmean(hours, axis=1), np.nan)
    days = {item: means[:, i] for i, item in enumerate(ITEMS[:5])}
    windows = np.lib.stride_tricks.sliding_window_view(hours[:, :, 5], 8, axis=1)
    valid = np.sum(~np.isnan(windows), axis=2) >= 6
    eight = np.where(valid, np.nanmean(windows, axis=2), np.nan)
    largest = np.where(valid.any(axis=1), np.nanmax(np.where(valid, eight, -np.inf), axis=1), np.nan)
    days["o3_8h"] = np.where((valid.sum(axis=1) >= 14) | (largest > 160), largest, np.nan)
    year_of_day = grid[::24].year.to_numpy()
    for year in np.unique(year_of_day):
        for item, statistic in WANTED:
            values = days[item][year_of_day == year]
            values = values[~np.isnan(values)]
            if len(values) == 0:
                value = ""
            elif statistic == "mean":
                value = values.mean()
            else:
                value = np.percentile(values, int(statistic[1:]))
            rows.append((year, site, item, statistic, value))
rows.sort(key=lambda row: row[0])
for year, site, item, statistic, value in rows:
    print(site, year, item, statistic, value, sep=",")
