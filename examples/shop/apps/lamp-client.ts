import { createSSRApp } from 'vue'
import LampApp from './lamp-app.vue'

createSSRApp(LampApp).mount('#app')
document.documentElement.dataset.hydrated = 'vue'
