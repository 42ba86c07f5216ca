import { createSSRApp } from 'vue'
import { renderToString } from 'vue/server-renderer'
import LampApp from './lamp-app.vue'

/** The HTML of the app, as Vue writes it for hydration. */
export function renderLamp(): Promise<string> {
  return renderToString(createSSRApp(LampApp))
}
