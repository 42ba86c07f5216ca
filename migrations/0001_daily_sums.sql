-- What src/events/delivery/sums-sink.ts writes. `wrangler d1 migrations apply` runs it.

-- How many, sum and sum of squares, for each day in UTC (YYYY-MM-DD).
CREATE TABLE daily_sums (
  sdk_key TEXT NOT NULL,
  experiment_id TEXT NOT NULL,
  variation_id TEXT NOT NULL,
  -- 'exposures'; or an event's key, with ':revenue' (in cents) and ':value' for what it was worth.
  metric TEXT NOT NULL,
  day TEXT NOT NULL,
  n INTEGER NOT NULL,
  sum REAL NOT NULL,
  sum_of_squares REAL NOT NULL,
  PRIMARY KEY (sdk_key, experiment_id, variation_id, metric, day)
) WITHOUT ROWID;

-- Events that were counted, for 14 days: what comes again counts once.
CREATE TABLE seen_events (
  uuid TEXT NOT NULL PRIMARY KEY,
  day TEXT NOT NULL,
  -- 1 until it comes again.
  fresh INTEGER NOT NULL
) WITHOUT ROWID;
CREATE INDEX seen_events_by_day ON seen_events (day);

-- What visitors (by hash) were shown, for 14 days: what a conversion counts for.
CREATE TABLE shown (
  visitor TEXT NOT NULL,
  sdk_key TEXT NOT NULL,
  experiment_id TEXT NOT NULL,
  variation_id TEXT NOT NULL,
  day TEXT NOT NULL,
  PRIMARY KEY (visitor, experiment_id)
) WITHOUT ROWID;
CREATE INDEX shown_by_day ON shown (day);
