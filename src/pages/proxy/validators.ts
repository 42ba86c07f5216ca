/**
 * Entity tags of pages: the origin's, with what was done to the page behind it. `"abc"` under the plan `k3f` becomes
 * `W/"abc~sk3f"` (`s` for a strong tag, `w` for a weak one, `m` where the origin has only `Last-Modified`), so that a
 * returning visitor whose plan is the same can be asked about at the origin, and everyone else cannot.
 */

/** The tag of a page, or `null` where the origin gives nothing to tell its versions by. */
export function pageTag(origin: Headers, cacheTag: string): string | null {
  const [, weak, opaque] = TAG.exec(origin.get('ETag') ?? '') ?? []
  if (opaque !== undefined) return tagText(opaque, weak === undefined ? 's' : 'w', cacheTag)
  const modifiedMs = Date.parse(origin.get('Last-Modified') ?? '')
  return Number.isNaN(modifiedMs) ? null : tagText(String(modifiedMs / 1000), 'm', cacheTag)
}

/** The conditions under which the origin may answer that nothing has changed. */
export interface OriginConditions {
  readonly ifNoneMatch: string | null
  readonly ifModifiedSince: string | null
}

/** No conditions: the origin sends the page. */
export const UNCONDITIONAL: OriginConditions = { ifNoneMatch: null, ifModifiedSince: null }

/**
 * What to ask the origin about a page that is under the plan `cacheTag` now: its own part of those tags that were given
 * out under the same plan. Tags of another plan, or of none, are left out: the page that they stand for is another.
 */
export function conditionsUnder(cacheTag: string, ifNoneMatch: string | null): OriginConditions {
  const tags: string[] = []
  let ifModifiedSince: string | null = null
  for (const { opaque, kind, plan } of taggedPlans(ifNoneMatch)) {
    if (plan !== cacheTag) continue
    if (kind === 'm') ifModifiedSince = new Date(Number(opaque) * 1000).toUTCString()
    else tags.push(kind === 's' ? `"${opaque}"` : `W/"${opaque}"`)
  }
  return tags.length > 0
    ? { ifNoneMatch: tags.join(', '), ifModifiedSince: null }
    : { ifNoneMatch: null, ifModifiedSince }
}

/** Whether an `If-None-Match` holds tags of ours: the page that the visitor has kept is then not the origin's. */
export function hasPageTags(ifNoneMatch: string | null): boolean {
  return taggedPlans(ifNoneMatch).length > 0
}

/** The tag under which a page is kept that the origin says is unchanged. */
export function keptTag(cacheTag: string, ifNoneMatch: string | null, origin: Headers): string | null {
  const renewed = pageTag(origin, cacheTag)
  if (renewed !== null) return renewed
  const [kept, another] = taggedPlans(ifNoneMatch).filter(({ plan }) => plan === cacheTag)
  return kept === undefined || another !== undefined ? null : tagText(kept.opaque, kept.kind, cacheTag)
}

interface TaggedPlan {
  readonly opaque: string
  readonly kind: string
  readonly plan: string
}

/** An entity tag (RFC 9110, 8.8.3); a quote cannot stand inside. */
const TAG = /^(W\/)?"([\x21\x23-\x7e\x80-\xff]*)"$/
const PAGE_TAG = /W\/"([\x21\x23-\x7e\x80-\xff]*)~([smw])([\w.-]+)"/g

function taggedPlans(ifNoneMatch: string | null): readonly TaggedPlan[] {
  if (ifNoneMatch === null) return []
  return [...ifNoneMatch.matchAll(PAGE_TAG)].map(([, opaque = '', kind = '', plan = '']) => ({ opaque, kind, plan }))
}

function tagText(opaque: string, kind: string, cacheTag: string): string {
  return `W/"${opaque}~${kind}${cacheTag}"`
}
