/** The same request as if what is mounted at `mount` were at the root, or `null` for one that is not for it. */
export function underMount(request: Request, mount: string): Request | null {
  // To take a URL apart costs more than to see that there is nothing to be found in it.
  if (!request.url.includes(mount)) return null
  const url = new URL(request.url)
  if (url.pathname !== mount && !url.pathname.startsWith(`${mount}/`)) return null
  url.pathname = url.pathname.slice(mount.length)
  return new Request(url.href, request)
}
