-- Purpose: dimension of gold.fact_events by event_date, without gaps: BI tools ask for whole years
-- Grain:   one row per day, from the first day of the first event's year to the last day of the last event's year
-- Reads:   gold.user_activity_daily
CREATE OR REPLACE VIEW gold.dim_date SQL SECURITY DEFINER AS
SELECT
    arrayJoin(arrayMap(number -> first_day + number, range(toUInt32(days)))) AS event_date,
    toYear(event_date) AS year,
    toQuarter(event_date) AS quarter,
    toMonth(event_date) AS month,
    monthName(event_date) AS month_name,
    toISOWeek(event_date) AS iso_week,
    toDayOfMonth(event_date) AS day_of_month,
    toDayOfWeek(event_date) AS day_of_week,
    dateName('weekday', event_date) AS day_name,
    day_of_week > 5 AS is_weekend
FROM
(
    SELECT
        toStartOfYear(min(event_date)) AS first_day,
        -- Without an event there is no first one: no day, instead of 1970.
        if(count() = 0, 0, dateDiff('day', first_day, addYears(toStartOfYear(max(event_date)), 1))) AS days
    FROM gold.user_activity_daily
)
COMMENT 'One row per day of the years that have events; day_of_week is 1 on Monday'
