-- Purpose: pages by their purchases in a range of days
-- Grain:   one row per page with a purchase
SELECT
    page,
    sum(days.purchase_count) AS purchase_count,
    any(days.`_snapshot`) AS `_snapshot`
FROM gold.purchases_per_page_daily AS days
WHERE event_date >= toDate({from:DateTime('UTC')}) AND event_date < toDate({to:DateTime('UTC')})
GROUP BY page
ORDER BY purchase_count DESC, page
LIMIT {limit:UInt32}
