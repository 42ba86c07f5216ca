/** Puts together all that requests, events and the clock are answered with. */

import { createKvDatafileActions } from '../admin/kv-datafile-actions.ts'
import type { Api } from '../api/api.ts'
import type { Log } from '../base/log.ts'
import type { MessageBatch as EventMessages } from '../events/delivery/consume-queue.ts'
import type { Site } from '../pages/proxy/site.ts'
import type { Background } from '../platform/background.ts'
import type { Config } from '../platform/config.ts'
import type { FallbackDatafile } from '../platform/fallback-datafile.ts'
import { createPredictor } from '../remote/cached-predictor.ts'
import { createOdpAccounts } from '../remote/odp-account.ts'
import { createOdpEvents } from '../remote/odp-events.ts'
import { createSegmentSource } from '../remote/odp-segments.ts'
import { createCachedStore } from '../store/cached.ts'
import { createPagesSwitch } from '../store/pages-switch.ts'
import { createDatafilePulling } from './datafile-pulling.ts'
import { createEventDelivery } from './event-delivery.ts'
import { createKeptPredictions, createKeptUsers } from './kept-users.ts'
import { createNotifications, tellingOfConversions, tellingOfDatafiles } from './notifications.ts'

/** What requests are answered with. */
export interface Services {
  readonly api: Api
  readonly site: Site
  /** What the cron trigger does: takes over what is published, and forgets what is old. */
  readonly tend: () => Promise<void>
  /** Delivers the events of a Queue. */
  readonly consume: (batch: EventMessages) => Promise<void>
}

/** What does not stand in the configuration. */
export interface Surroundings {
  readonly log: Log
  readonly background: Background
  /** The datafile of the deploy; `null`: none. */
  readonly bundled: FallbackDatafile | null
  readonly version: string
  /** Where the API is on this site: a path without its last slash. */
  readonly mount: string
}

/** Puts together what one isolate answers with. */
export function createServices(config: Config, { log, background, bundled, version, mount }: Surroundings): Services {
  const world = {
    fetch,
    kv: config.datafiles,
    clock: Date.now,
    random: Math.random,
    newId: () => crypto.randomUUID(),
    wait: (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms)),
    background,
    log,
    client: { name: 'turnout', version },
  }
  const { clock } = world
  const cached = createCachedStore({ ...config, ...world, bundled })
  const notifications = createNotifications(config.relays, world)
  const datafiles = tellingOfDatafiles(createKvDatafileActions({ ...config, ...world, served: cached }), notifications)
  const pulling = createDatafilePulling(config.updates, { ...config, ...world, datafiles, store: cached })
  const delivery = createEventDelivery(config.events, world)
  const events = tellingOfConversions(delivery.recorder, notifications)
  const site: Site = {
    sdkKey: config.sdkKey,
    store: pulling.store,
    isOff: createPagesSwitch(world),
    exposures: events,
    background,
    log,
    clock,
    wait: world.wait,
    newId: world.newId,
    planPath: `${mount}/v1/page`,
    eventsPath: `${mount}/v1/events`,
    settings: config.pages,
  }
  const accounts = createOdpAccounts(config.odpUrl)
  const api: Api = {
    store: pulling.store,
    health: cached.health,
    datafiles,
    updates: pulling.updates,
    events,
    log,
    clock,
    adminToken: config.adminToken,
    allowedOrigins: config.allowedOrigins,
    datafileRoutes: config.datafileRoutes,
    maxDatafileBytes: config.maxDatafileBytes,
    rateLimiter: config.rateLimiter,
    agentAuth: config.agentAuth,
    batchLimit: config.batchLimit,
    ...createKeptUsers(config),
    notifications,
    predictor: createPredictor({ ...world, urlOf: config.cmabUrlOf, kept: createKeptPredictions(config) }),
    odp: createOdpEvents({ ...world, accounts }),
    segments: createSegmentSource({ ...world, accounts }),
    version,
    warnings: config.warnings,
    site,
    isProxy: mount !== '',
  }
  const tend = async (): Promise<void> => {
    await Promise.all([pulling.pullAll(), delivery.forget()])
  }
  return { api, site, tend, consume: delivery.consume }
}
