/**
 * Where predictions are kept for all isolates, by SDK key, user and rule, so that a user has one wherever they are decided. Waits
 * are bounded by whoever implements it; what fails rejects.
 */
export interface PredictionStore {
  /** Of a user: rule id to a prediction, as whoever keeps it writes it. */
  read(sdkKey: string, userId: string): Promise<ReadonlyMap<string, string>>
  /** Keeps a text where there is still what was `seen` (`undefined`: nothing), and gives what is there then. */
  settle(place: KeptPlace, texts: { readonly seen: string | undefined; readonly text: string }): Promise<string>
}

export interface KeptPlace {
  readonly sdkKey: string
  readonly userId: string
  readonly ruleId: string
}
