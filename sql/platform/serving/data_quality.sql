-- Purpose: what the data-quality checks say now
-- Grain:   one row per stream and check that ran in the last day
-- Reads:   tidemark.quality_checks
CREATE OR REPLACE VIEW tidemark.data_quality SQL SECURITY DEFINER AS
SELECT
    stream,
    check,
    argMax(results.kind, results.checked_at) AS kind,
    argMax(results.severity, results.checked_at) AS severity,
    argMax(results.status, results.checked_at) AS status,
    argMax(results.summary, results.checked_at) AS summary,
    argMax(tuple(results.observed), results.checked_at).1 AS observed,
    argMax(tuple(results.threshold), results.checked_at).1 AS threshold,
    argMax(results.detail, results.checked_at) AS detail,
    argMax(results.snapshot, results.checked_at) AS snapshot,
    max(results.checked_at) AS checked_at,
    if(
        status = 'failed',
        arrayMin(
            arrayFilter(
                moment -> moment > maxIf(results.checked_at, results.status != 'failed'),
                groupArray(results.checked_at)
            )
        ),
        NULL
    ) AS failed_since
FROM tidemark.quality_checks AS results
WHERE results.checked_at > now64(3) - INTERVAL 1 DAY
GROUP BY stream, check
COMMENT 'One row per stream and check: its last result'
