-- Purpose: dimension of gold.fact_events by user_id, live
-- Grain:   one row per user who did anything
-- Reads:   gold.user_activity_per_user_daily
CREATE OR REPLACE VIEW gold.dim_users SQL SECURITY DEFINER AS
SELECT
    user_id,
    min(days.first_seen) AS first_seen,
    max(days.last_seen) AS last_seen,
    count() AS active_days,
    sum(days.event_count) AS event_count,
    sum(days.login_count) AS login_count,
    sum(days.click_count) AS click_count,
    sum(days.purchase_count) AS purchase_count,
    sum(days.logout_count) AS logout_count,
    any(days.`_snapshot`) AS `_snapshot`
FROM gold.user_activity_per_user_daily AS days
GROUP BY user_id
COMMENT 'One row per user: when seen first and last, and what they did'
