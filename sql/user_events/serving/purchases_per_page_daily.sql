-- Purpose: purchases by the page on which they happened, live
-- Grain:   one row per day and page with a purchase
-- Reads:   gold.page_activity_daily
CREATE OR REPLACE VIEW gold.purchases_per_page_daily SQL SECURITY DEFINER AS
SELECT
    event_date,
    page,
    toInt64(days.purchase_count) AS purchase_count,
    `_snapshot`
FROM gold.page_activity_daily AS days
WHERE days.purchase_count > 0
COMMENT 'One row per day and page: its purchases'
