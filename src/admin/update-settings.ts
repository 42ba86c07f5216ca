/** Where datafiles are pulled from, and on whose word. */
export interface UpdateSettings {
  /** `DATAFILE_URL`, with the SDK key in it. */
  readonly urlOf: (sdkKey: string) => string
  /** `DATAFILE_TOKEN`: sent as a bearer token; `null`: none. */
  readonly token: string | null
  /** `WEBHOOK_PROJECTS`, by project id; empty: the webhook is not there. */
  readonly projects: ReadonlyMap<string, WebhookProject>
  /** What the cron trigger pulls: `SDK_KEY`, and the keys of the projects. */
  readonly sdkKeys: readonly string[]
}

/** A project that may announce new datafiles. */
export interface WebhookProject {
  /** Any of them signs: two while one takes the other's place. */
  readonly secrets: readonly string[]
  readonly sdkKeys: readonly string[]
}
