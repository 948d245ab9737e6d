-- Purpose: facts of the star schema, live: user_id, page and event_date are the keys of the dimensions
-- Grain:   one row per event, each counted once
-- Reads:   realtime.user_events_unified
CREATE OR REPLACE VIEW gold.fact_events SQL SECURITY DEFINER AS
SELECT
    event_id,
    toDate(timestamp) AS event_date,
    user_id,
    page,
    event_type,
    source,
    timestamp,
    `_snapshot`
FROM realtime.user_events_unified
COMMENT 'One row per user event; joins gold.dim_users by user_id, gold.dim_pages by page, gold.dim_date by event_date'
