"""The figures of `lanbi assess attainment --rows hour` for every year of a CSV of hours, with polars.

    python3 attainment_polars.py HOURS.csv

Hours are named by their end. A day mean needs 20 hours, an 8-hour mean of ozone 6 of 8, the daily maximum 14 windows inside the
day or a maximum above 160 ug/m3. Out: site,period,item,statistic,value without rounding. `lanbi bench assess --python` runs it.
"""

import sys

import polars as pl

ITEMS = ["pm25", "pm10", "so2", "no2", "co"]

hours = (
    pl.scan_csv(
        sys.argv[1],
        schema_overrides={"time": pl.String, "site": pl.String, **{item: pl.Float64 for item in [*ITEMS, "o3"]}},
    )
    .with_columns(pl.col("time").str.to_datetime("%Y-%m-%dT%H:%M", time_unit="us").dt.offset_by("-1h"))
    .with_columns(day=pl.col("time").dt.date())
    .sort("site", "time")
)
ozone = (
    hours.rolling("time", period="8h", closed="right", group_by="site")
    .agg(mean=pl.col("o3").mean(), n=pl.col("o3").count())
    .filter((pl.col("time").dt.hour() >= 7) & (pl.col("n") >= 6))
    .with_columns(day=pl.col("time").dt.date())
    .group_by("site", "day")
    .agg(o3_8h=pl.col("mean").max(), windows=pl.len())
    .filter((pl.col("windows") >= 14) | (pl.col("o3_8h") > 160))
    .select("site", "day", "o3_8h")
)
days = (
    hours.group_by("site", "day")
    .agg(pl.when(pl.col(item).count() >= 20).then(pl.col(item).mean()).alias(item) for item in ITEMS)
    .join(ozone, on=["site", "day"], how="left")
)
wanted = [("so2", "mean"), ("so2", "p98"), ("no2", "mean"), ("no2", "p98"), ("pm10", "mean"), ("pm10", "p95"),
          ("pm25", "mean"), ("pm25", "p95"), ("co", "p95"), ("o3_8h", "p90")]


def figure(item: str, statistic: str) -> pl.Expr:
    column = pl.col(item)
    if statistic == "mean":
        value = column.mean()
    else:
        value = column.quantile(int(statistic[1:]) / 100, interpolation="linear")
    return value.alias(f"{item},{statistic}")


years = (
    days.group_by("site", pl.col("day").dt.year().alias("period"))
    .agg(figure(*one) for one in wanted)
    .sort("period", "site")
    .collect()
)
print("site,period,item,statistic,value")
for row in years.iter_rows(named=True):
    for item, statistic in wanted:
        value = row[f"{item},{statistic}"]
        print(row["site"], row["period"], item, statistic, "" if value is None else value, sep=",")
