/** What `#fallback-datafile` leads to where wrangler.toml names no datafile: none. */
const none: unknown = null
export default none
