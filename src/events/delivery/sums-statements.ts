/**
 * The SQL of daily sums. `?1` is the event's uuid, `?2` the hash of its visitor in all of them. Statements of an event run in the
 * order in which they stand here, in one transaction.
 */

/** `?3` is the day from which on it is kept. `fresh` is 1 for an event that was not counted before: it is what the statements after it look at. */
export const SEE = `INSERT INTO seen_events (uuid, kept_day, fresh) VALUES (?1, ?3, 1)
ON CONFLICT (uuid) DO UPDATE SET fresh = 0`

const IS_FRESH = 'EXISTS (SELECT 1 FROM seen_events WHERE uuid = ?1 AND fresh = 1)'
const INTO_SUMS = 'INSERT INTO daily_sums (sdk_key, experiment_id, variation_id, metric, day, n, sum, sum_of_squares)'
const ADD = `ON CONFLICT (sdk_key, experiment_id, variation_id, metric, day)
DO UPDATE SET n = n + excluded.n, sum = sum + excluded.sum, sum_of_squares = sum_of_squares + excluded.sum_of_squares`

/** `?3` SDK key, `?4` experiment, `?5` variation, `?6` day. */
export const COUNT_EXPOSURE = `${INTO_SUMS} SELECT ?3, ?4, ?5, 'exposures', ?6, 1, 1, 1 WHERE ${IS_FRESH} ${ADD}`

/** The same, once for each visitor and experiment. */
export const COUNT_VISITOR = `${INTO_SUMS} SELECT ?3, ?4, ?5, 'visitors', ?6, 1, 1, 1
WHERE ${IS_FRESH} AND NOT EXISTS (SELECT 1 FROM shown WHERE visitor = ?2 AND experiment_id = ?4) ${ADD}`

/**
 * What the visitor did after they were shown this, and what arrived before it did: all of it, or that between this showing and the
 * one that was known. `?6` is when it was shown.
 */
export const COUNT_ARRIVED = `${INTO_SUMS} SELECT ?3, ?4, ?5, metric, day, COUNT(*), SUM(x), SUM(x * x) FROM conversions
WHERE visitor = ?2 AND timestamp_ms >= ?6 AND ${IS_FRESH} AND NOT EXISTS (
  SELECT 1 FROM shown WHERE visitor = ?2 AND experiment_id = ?4
  AND (variation_id <> ?5 OR since_ms <= conversions.timestamp_ms))
GROUP BY metric, day ${ADD}`

/** `?6` as above, `?7` the day from which on it is kept. Who is shown another variation later on stays with the first. */
export const SHOW = `INSERT INTO shown (visitor, sdk_key, experiment_id, variation_id, since_ms, kept_day)
SELECT ?2, ?3, ?4, ?5, ?6, ?7 WHERE ${IS_FRESH}
ON CONFLICT (visitor, experiment_id) DO UPDATE SET kept_day = excluded.kept_day,
since_ms = CASE variation_id WHEN excluded.variation_id THEN MIN(since_ms, excluded.since_ms) ELSE since_ms END`

/** `?3` metric, `?4` when, `?5` its day, `?6` what it was worth, `?7` the day from which on it is kept. */
export const CONVERT = `INSERT INTO conversions (visitor, uuid, metric, timestamp_ms, day, x, kept_day)
SELECT ?2, ?1, ?3, ?4, ?5, ?6, ?7 WHERE ${IS_FRESH} ON CONFLICT DO NOTHING`

/** For every variation that the visitor had been shown by then. */
export const COUNT_CONVERSION = `${INTO_SUMS} SELECT sdk_key, experiment_id, variation_id, metric, day, 1, x, x * x
FROM conversions JOIN shown USING (visitor)
WHERE visitor = ?2 AND uuid = ?1 AND since_ms <= timestamp_ms AND ${IS_FRESH} ${ADD}`

/** What was kept before the day `?1`, some of it at a time: a database is not held up for long. */
export const FORGET: readonly string[] = [
  'DELETE FROM seen_events WHERE uuid IN (SELECT uuid FROM seen_events WHERE kept_day < ?1 LIMIT 10000)',
  `DELETE FROM shown WHERE (visitor, experiment_id) IN
(SELECT visitor, experiment_id FROM shown WHERE kept_day < ?1 LIMIT 10000)`,
  `DELETE FROM conversions WHERE (visitor, uuid, metric) IN
(SELECT visitor, uuid, metric FROM conversions WHERE kept_day < ?1 LIMIT 10000)`,
]
