/** Who may use the Agent's routes. */
export interface AgentAuth {
  /** By client id: who may have tokens of us. */
  readonly clients: ReadonlyMap<string, AgentClient>
  /** What tokens are signed with. */
  readonly jwtSecret: string
  readonly tokenSeconds: number
}

export interface AgentClient {
  /** Of the client's secret in UTF-8, in lower-case hex. */
  readonly secretSha256: string
  /** What the client's tokens are good for. */
  readonly sdkKeys: readonly string[]
}
