-- Purpose: which part of a day's users bought, live and exact
-- Grain:   one row per day with an event
-- Reads:   gold.user_activity_daily
CREATE OR REPLACE VIEW gold.conversion_rate_daily SQL SECURITY DEFINER AS
SELECT
    event_date,
    finalizeAggregation(buyers) / finalizeAggregation(users) AS conversion_rate,
    toInt64(purchase_count) AS total_purchases,
    toInt64(finalizeAggregation(users)) AS dau_count,
    toInt64(finalizeAggregation(buyers)) AS unique_buyers,
    `_snapshot`
FROM gold.user_activity_daily
COMMENT 'One row per day. conversion_rate = unique_buyers / dau_count, from 0 to 1: a user who buys twice converts once. Purchases per user, which may exceed 1, are total_purchases / dau_count'
