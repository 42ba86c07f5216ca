/** Whose override of which experiment. */
export interface OverrideKey {
  readonly sdkKey: string
  readonly userId: string
  readonly experimentKey: string
}

/** A user's overrides: experiment key to variation key. */
export type Overrides = ReadonlyMap<string, string>

/**
 * Where `POST /v1/override` keeps the variations that users are forced into. Waits are bounded by whoever implements it;
 * what fails rejects.
 */
export interface OverrideStore {
  /** Empty for a user without any. */
  read(sdkKey: string, userId: string): Promise<Overrides>
  /** Sets an override, or with `null` takes it away. Gives the variation key that was there before, or `null`. */
  set(key: OverrideKey, variationKey: string | null): Promise<string | null>
}
