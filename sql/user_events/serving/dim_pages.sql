-- Purpose: dimension of gold.fact_events by page, live
-- Grain:   one row per page on which anything happened
-- Reads:   gold.page_activity_daily
CREATE OR REPLACE VIEW gold.dim_pages SQL SECURITY DEFINER AS
SELECT
    page,
    min(days.first_seen) AS first_seen,
    max(days.last_seen) AS last_seen,
    sum(days.event_count) AS event_count,
    sum(days.purchase_count) AS purchase_count,
    any(days.`_snapshot`) AS `_snapshot`
FROM gold.page_activity_daily AS days
GROUP BY page
COMMENT 'One row per page: when seen first and last, and what happened on it'
