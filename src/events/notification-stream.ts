/** What a client of the Agent can be told of as it happens. */
export const NOTIFICATION_TYPES = ['decision', 'track', 'project_config_update'] as const

export type NotificationType = (typeof NOTIFICATION_TYPES)[number]

/** Which notifications, and how they are written. */
export interface StreamOptions {
  /** Those asked for; all where none is. */
  readonly types: ReadonlySet<NotificationType>
  /** JSON, a line each, in place of server-sent events. */
  readonly isRaw: boolean
}

/** Streams what happens under an SDK key. */
export interface NotificationStream {
  /** An answer that goes on until the client leaves. */
  open(sdkKey: string, options: StreamOptions): Promise<Response>
}
