import { NOTIFICATION_TYPES, type StreamOptions } from '../events/notification-stream.ts'

/** Asks for a stream. */
export function streamUrl({ types, isRaw }: StreamOptions): string {
  return `https://relay/?types=${[...types].join()}${isRaw ? '&raw' : ''}`
}

/** What a URL of `streamUrl` asks for. */
export function optionsIn(url: string): StreamOptions {
  const { searchParams } = new URL(url)
  const named = searchParams.get('types')?.split(',')
  return { types: new Set(NOTIFICATION_TYPES.filter((type) => named?.includes(type))), isRaw: searchParams.has('raw') }
}
