-- What src/events/delivery/sums-sink.ts writes. `wrangler d1 migrations apply` runs it. docs/events.md says how to read it.

-- How many, sum and sum of squares, for each day in UTC (YYYY-MM-DD) on which events happened.
CREATE TABLE daily_sums (
  sdk_key TEXT NOT NULL,
  experiment_id TEXT NOT NULL,
  variation_id TEXT NOT NULL,
  -- 'exposures', 'visitors', or 'event:', 'revenue:' (in cents) or 'value:' with an event's key.
  metric TEXT NOT NULL,
  day TEXT NOT NULL,
  n INTEGER NOT NULL,
  sum REAL NOT NULL,
  sum_of_squares REAL NOT NULL,
  PRIMARY KEY (sdk_key, experiment_id, variation_id, metric, day)
) WITHOUT ROWID;

-- The tables below hold what is needed to count each event once and for the right variation, for 14 days after `kept_day`.

CREATE TABLE seen_events (
  uuid TEXT NOT NULL PRIMARY KEY,
  kept_day TEXT NOT NULL,
  -- 1 until it comes again.
  fresh INTEGER NOT NULL
) WITHOUT ROWID;
CREATE INDEX seen_events_by_day ON seen_events (kept_day);

-- What visitors (by hash) were shown first, and since when: what their conversions count for.
CREATE TABLE shown (
  visitor TEXT NOT NULL,
  sdk_key TEXT NOT NULL,
  experiment_id TEXT NOT NULL,
  variation_id TEXT NOT NULL,
  since_ms INTEGER NOT NULL,
  kept_day TEXT NOT NULL,
  PRIMARY KEY (visitor, experiment_id)
) WITHOUT ROWID;
CREATE INDEX shown_by_day ON shown (kept_day);

-- What visitors did: it may arrive before what they had been shown.
CREATE TABLE conversions (
  visitor TEXT NOT NULL,
  uuid TEXT NOT NULL,
  metric TEXT NOT NULL,
  timestamp_ms INTEGER NOT NULL,
  day TEXT NOT NULL,
  x REAL NOT NULL,
  kept_day TEXT NOT NULL,
  PRIMARY KEY (visitor, uuid, metric)
) WITHOUT ROWID;
CREATE INDEX conversions_by_day ON conversions (kept_day);
