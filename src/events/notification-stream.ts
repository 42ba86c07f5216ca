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

/** Something that happened, as listeners are told it. */
export interface Notification {
  readonly type: NotificationType
  /** JSON, in one line. */
  readonly json: string
}

/** Characters that may wait to be told under one SDK key; beyond that it is dropped. */
export const MOST_TOLD_UNITS = 1_000_000

/** Tells whoever listens what happens under an SDK key. */
export interface NotificationStream {
  /** An answer that goes on until the client leaves; `full`: there are as many listeners as may be. What fails rejects. */
  open(sdkKey: string, options: StreamOptions): Promise<Response | 'full'>
  /** Returns at once and never throws: nobody waits for what is told. */
  publish(sdkKey: string, notifications: readonly Notification[]): void
}

/** What is called of a `NotificationRelay`. */
export interface RelayCalls {
  /** What streams, at a URL that `streamUrl` makes; 503 where there are as many listeners as may be. */
  fetch(url: string): Promise<Response>
  publish(notifications: readonly Notification[]): Promise<number>
}
