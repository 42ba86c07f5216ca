/** Puts together who is told what happens, where it is configured. */

import type { DatafileActions, PutOutcome } from '../admin/datafile-actions.ts'
import { configNotification, trackNotification } from '../api/agent/agent-notifications.ts'
import type { Log } from '../base/log.ts'
import { createRelayedNotifications } from '../durable/relayed-notifications.ts'
import type { EventRecorder } from '../events/event.ts'
import type { NotificationStream, RelayCalls } from '../events/notification-stream.ts'
import type { ObjectNamespace } from '../store/object-namespace.ts'

export interface NotificationWorld {
  readonly background: (task: Promise<unknown>) => void
  readonly clock: () => number
  readonly log: Log
}

/** `null`: nobody is told anything. */
export function createNotifications(
  relays: ObjectNamespace<RelayCalls> | null,
  world: NotificationWorld,
): NotificationStream | null {
  return relays === null ? null : createRelayedNotifications({ ...world, relays })
}

/** Tells of what users did, whoever reports it, beside recording it. */
export function tellingOfConversions(recorder: EventRecorder, stream: NotificationStream | null): EventRecorder {
  if (stream === null) return recorder
  return {
    record(events) {
      recorder.record(events)
      for (const event of events) {
        if (event.kind === 'conversion') stream.publish(event.sdkKey, [trackNotification(event)])
      }
    },
  }
}

/** Tells of datafiles that take the place of others, whoever puts them there. */
export function tellingOfDatafiles(datafiles: DatafileActions, stream: NotificationStream | null): DatafileActions {
  if (stream === null) return datafiles
  const told = (sdkKey: string, outcome: PutOutcome): PutOutcome => {
    if (outcome.kind === 'accepted' && !outcome.unchanged) {
      stream.publish(sdkKey, [configNotification(outcome.revision)])
    }
    return outcome
  }
  return {
    ...datafiles,
    put: async (sdkKey, ...upload) => told(sdkKey, await datafiles.put(sdkKey, ...upload)),
    takeOver: async (sdkKey, ...published) => told(sdkKey, await datafiles.takeOver(sdkKey, ...published)),
  }
}
