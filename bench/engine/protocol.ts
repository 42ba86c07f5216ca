/** What the orchestrator asks of the bench Worker, and what it answers. */

export type SubjectName = 'turnout' | 'optimizely' | 'growthbook'

export interface MeasurementRequest {
  readonly subject: SubjectName
  /** `json-parse` is `JSON.parse` alone, `load` goes up to something that can decide. */
  readonly task: 'decide' | 'decide-all' | 'json-parse' | 'load' | 'first-decision'
  /** The size of the datafile. */
  readonly flags: number
  readonly iterations: number
}

export interface Measurement {
  readonly elapsedMs: number
  /** Equal whenever the same work was done. */
  readonly checksum: number
}

export interface Equivalence {
  readonly compared: number
  readonly differences: readonly string[]
  /** Users in an A/B test, over all flags, by each implementation's own count. */
  readonly targeted: Readonly<Record<SubjectName, number>>
  /** Size of the datafile. */
  readonly bytes: number
}
