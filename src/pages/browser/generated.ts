// Made by build/page-script.ts from src/pages/browser/page; not to be edited. A test fails when it is stale.
// biome-ignore-all format: generated
// biome-ignore-all lint/suspicious/noTemplateCurlyInString: code

/** The name in the script of what the page's code exports. */
export const NAMES = {
  "attributes": "ge",
  "code": "O",
  "companionHooks": "J",
  "html": "ve",
  "insert": "ae",
  "isAwaiting": "oe",
  "isBarred": "re",
  "navigate": "Q",
  "rearrange": "ue",
  "remove": "de",
  "reporter": "ie",
  "runCode": "X",
  "sender": "ce",
  "start": "q",
  "style": "ye",
  "text": "he",
  "whenShown": "se"
} as const

/** In the order in which they stand in a script: a name, its declaration, and the other names that it uses. */
export const PIECES: readonly (readonly [name: string, code: string, uses: string])[] = [
  [
    "b",
    "var b;",
    ""
  ],
  [
    "d",
    "var d;",
    ""
  ],
  [
    "f",
    "var f;",
    ""
  ],
  [
    "C",
    "var C=0;",
    ""
  ],
  [
    "m",
    "var m;",
    ""
  ],
  [
    "R",
    "var R;",
    ""
  ],
  [
    "S",
    "var S;",
    ""
  ],
  [
    "q",
    "function q(e,t,n,o){m=t,d=n,S=new MutationObserver(D),document.addEventListener(\"readystatechange\",D),P(e,o)}",
    "m d S D P"
  ],
  [
    "P",
    "function P(e,t=[]){b=e.map((n,o)=>({...n,n:o})),f=new Map,R=location.pathname,S.observe(document,{childList:!0,subtree:!0,characterData:!!d,attributeFilter:t}),D()}",
    "b f R S d D"
  ],
  [
    "T",
    "function T(){return document.readyState===\"complete\"}",
    ""
  ],
  [
    "x",
    "function x(e){for(let t=e;t;t=t.parentNode)if(t.nextSibling)return!0;return document.readyState!==\"loading\"}",
    ""
  ],
  [
    "E",
    "function E(e,t,n){d?d[0](e,t,n):t.e()!==t.i()&&t.o()}",
    "d"
  ],
  [
    "l",
    "function l(e,t,n){f.set(e,{...f.get(e),[t]:n})}",
    "f"
  ],
  [
    "D",
    "function D(){if(location.pathname===R){C++,d?.[1]();for(let e of b)try{if(e.c||m.isAwaiting?.(e))continue;\"selector\"in e?j(e):m.code?.(e)}catch(t){e.c=!0,console.warn(t)}S.takeRecords(),!d&&T()&&S.disconnect()}}",
    "R C d b m j S T"
  ],
  [
    "j",
    "function j(e){var t;if(!(e.wait===2&&(!x(document.documentElement)||e.r&&!d))){e[t=\"p\"]??(e[t]=new WeakSet);for(let n of document.querySelectorAll(e.selector)){if(!d&&e.p.has(n)||e.wait&&!x(n)||m.isBarred?.(n,e))continue;let o=m[e.operation.kind];o?.(n,e.operation,e)!==!1&&(e.p.add(n),e.r=!0)}}}",
    "x d m"
  ],
  [
    "_",
    "var _=I();",
    "I"
  ],
  [
    "O",
    "function O(e){if(e.r)return!1;e.r=!0;let t=_?.[e.id];return t?.(),!!t}",
    "_"
  ],
  [
    "I",
    "function I(){let e=self.turnoutCode;return delete self.turnoutCode,e}",
    ""
  ],
  [
    "G",
    "var G=20;",
    ""
  ],
  [
    "B",
    "var B=0;",
    ""
  ],
  [
    "g",
    "var g=null;",
    ""
  ],
  [
    "J",
    "var J=[U,F,k,H];",
    "U F k H"
  ],
  [
    "$",
    "function $(e){B=performance.now()+e}",
    "B"
  ],
  [
    "U",
    "function U(e,t,n){var u;let{s:o}=t,r=f.get(e)?.[o],i=t.e(),c=r?.a===n;if(r&&(r.y||c&&i===r.l||L(r.a)>L(n)))return;let s=t.i(),a=r?.d;if(i!==s){if(V(o+i,n,r)||!k(n,c)){l(e,o,{y:!0});return}(!r||c)&&(a=i),o===\"content\"&&H(e),t.o(),n[u=\"m\"]??(n[u]=new Set),n.m.add(o+a)}l(e,o,{h:t,a:n,d:a,l:t.e()}),n.t=e}",
    "f L V k l H"
  ],
  [
    "V",
    "function V(e,t,n){let{m:o,t:r}=t;return n?n.a===t&&n.d!==void 0&&!o?.has(e)&&performance.now()>B:T()&&!!o&&!o.has(e)&&!(r?.isConnected&&!t.counts)}",
    "m B T"
  ],
  [
    "L",
    "function L(e){return e?.n??0}",
    ""
  ],
  [
    "F",
    "function F(){g??(g=document.querySelector(\"style[data-turnout]\")),g&&!g.isConnected&&document.head.append(g);for(let[e,t]of f)if(!e.isConnected){for(let n of Object.values(t))for(let o of n.u??[])o.remove();f.delete(e)}}",
    "g f"
  ],
  [
    "k",
    "function k(e,t){if(!t&&!(e.t&&!e.t.isConnected))return!(e.counts&&e.t&&T());if(e.v!==C){e.v=C;let n=performance.now();n-(e.S??0)<1e3||(e.S=n,e.f=0),e.f=(e.f??0)+1,e.c=e.f>G}return!e.c}",
    "T C G"
  ],
  [
    "H",
    "function H(e){let{insertBefore:t,removeChild:n}=Node.prototype;e.removeChild=o=>(o.parentNode&&n.call(o.parentNode,o),o),e.insertBefore=(o,r)=>(t.call(e,o,r&&r.parentNode===e?r:null),o)}",
    ""
  ],
  [
    "K",
    "var K=3e3;",
    ""
  ],
  [
    "z",
    "var z=document.currentScript?.nonce??\"\";",
    ""
  ],
  [
    "w",
    "var w;",
    ""
  ],
  [
    "Q",
    "function Q(e){let t=M(),n,o=async()=>{if(t===M())return;t=M(),n?.abort(),n=new AbortController;let{signal:i}=n,c=await Y(`${e}?url=${encodeURIComponent(t)}`,i);i.aborted||Z(c)},{navigation:r}=self;if(r)r.addEventListener(\"currententrychange\",o);else{addEventListener(\"popstate\",o);for(let i of[\"pushState\",\"replaceState\"]){let c=history[i];history[i]=(...s)=>{c.apply(history,s),o()}}}}",
    "M Y Z"
  ],
  [
    "X",
    "function X(e){if(e.code!==void 0&&!e.r){let t=document.createElement(\"script\");t.nonce=z,t.dataset.turnout=\"\",t.text=`(function(){${e.code}\n})()`,document.head.append(t),t.remove()}return O(e)}",
    "z O"
  ],
  [
    "Y",
    "async function Y(e,t){try{let n=await fetch(e,{signal:t});return n.ok?await n.json():null}catch{return null}}",
    ""
  ],
  [
    "M",
    "function M(){return location.href.replace(/#.*/,\"\")}",
    ""
  ],
  [
    "Z",
    "function Z(e){if(e?.redirect){location.replace(e.redirect);return}try{for(let[n,o]of[...f].reverse())for(let r of Object.values(o).reverse())ee(n,r);ne(e?.css??\"\")}catch{}$(K);let t=e?.edits??[];P(t,t.flatMap(te))}",
    "f ee ne $ K P te"
  ],
  [
    "ee",
    "function ee(e,{h:t,d:n,l:o,u:r,g:i}){for(let c of r??[])c.remove();i?.[0].isConnected&&i[0].insertBefore(e,i[1]?.parentNode===i[0]?i[1]:null),t&&n!==void 0&&t.e()===o&&t.o(n)}",
    "d l g"
  ],
  [
    "te",
    "function te(e){if(!(\"selector\"in e))return[];let{operation:t}=e;return t.kind===\"attributes\"?t.set.map(([n])=>n):[\"style\"]}",
    ""
  ],
  [
    "ne",
    "function ne(e){for(let t of document.querySelectorAll(\"style[data-turnout]\"))t.disabled=!0;w||(w=new CSSStyleSheet,document.adoptedStyleSheets=[...document.adoptedStyleSheets,w]),w.replaceSync(e)}",
    "w"
  ],
  [
    "y",
    "var y=new WeakMap;",
    ""
  ],
  [
    "oe",
    "function oe({dependencies:e}){return b.some(({id:t,r:n})=>!n&&e?.includes(t??\"\"))}",
    "b"
  ],
  [
    "re",
    "function re(e,{n:t=0}){for(let n=e;n;n=n.parentNode)if((y.get(n)?.n??-1)>=t)return!0;return!1}",
    "y"
  ],
  [
    "ie",
    "function ie(e,t){return n=>(...o)=>{let r=n(...o);for(let i of r!==!1&&o.pop().shows||[]){let c=t[i];c&&e(c),t[i]=0}return r}}",
    ""
  ],
  [
    "ce",
    "function ce(e,t){let n=location.pathname+location.search,o=async r=>navigator.sendBeacon?.(e,r)||fetch(e,{method:\"POST\",body:r,keepalive:!0});return r=>{o(JSON.stringify({events:[{...r,path:n,...t}]})).catch(()=>{})}}",
    ""
  ],
  [
    "se",
    "function se(e){return t=>{document.prerendering?document.addEventListener(\"prerenderingchange\",()=>e(t)):e(t)}}",
    ""
  ],
  [
    "ae",
    "var ae=(e,{html:t,position:n},o)=>{o.content??(o.content=fe(t));let r=[...o.content.childNodes],i=`+${o.n}`,c=f.get(e)?.[i],s=A(n)?e.parentNode:e;if(c){if(c.x||c.u?.every(p=>p.parentNode===s))return}else{if(r.some(v=>v.isEqualNode(e)))return;let p=pe(e,n,r);if(p){h(p);return}}if(d&&!d[2](o,!!c))return;let a=document.importNode(o.content,!0),u=[...a.childNodes];e[n](a),h(u);function h(p){let v=p.filter(N=>N instanceof Element);for(let N of v)y.set(N,o);l(e,i,{u:v,x:!!c}),o.t=e}};",
    "fe f A pe d y l"
  ],
  [
    "de",
    "var de=e=>e.remove();",
    ""
  ],
  [
    "ue",
    "var ue=(e,{target:t,position:n},o)=>{let r=document.querySelector(t),{parentNode:i,nextSibling:c}=e;if(!r||!i||e.contains(r)||n===\"append\"&&!x(r))return!1;let s=`>${o.n}`,a=f.get(e)?.[s];if(a&&i===(A(n)?r.parentNode:r))return!0;if(d){if(!d[2](o,!!a))return!0;d[3](i)}return l(e,s,{g:a?.g??[i,c]}),o.t=e,r[n](e),!0};",
    "x f A d l"
  ],
  [
    "A",
    "function A(e){return e===\"before\"||e===\"after\"}",
    ""
  ],
  [
    "fe",
    "function fe(e){let t=document.createElement(\"template\");return t.innerHTML=e,t.content}",
    ""
  ],
  [
    "pe",
    "function pe(e,t,n){let o=t===\"before\"||t===\"append\",r=o?\"previousSibling\":\"nextSibling\",i=[],c=A(t)?e[r]:o?e.lastChild:e.firstChild;for(;c&&i.length<n.length+le;c=c[r])i.push(c);let s=o?n.reverse():n;for(let a of i.keys())if(s.every((u,h)=>me(u,i[a+h])))return i.slice(a,a+s.length);return null}",
    "A le me"
  ],
  [
    "le",
    "var le=9;",
    ""
  ],
  [
    "me",
    "function me(e,t){return e.isEqualNode(t??null)||e instanceof Text&&t instanceof Text&&t.data.includes(e.data)}",
    ""
  ],
  [
    "ge",
    "var ge=(e,{set:t},n)=>{for(let[o,r]of t)E(e,{s:o,i:()=>r,e:()=>e.getAttribute(o),o:(i=r)=>i===null?e.removeAttribute(o):e.setAttribute(o,i)},n)};",
    "E"
  ],
  [
    "ye",
    "var ye=(e,{declarations:t,replaces:n},o)=>{let r=e.style,i=document.createElement(\"p\").style;i.cssText=t.map(([c,s])=>`${c}:${s}`).join(\";\");for(let c of n?[\"cssText\"]:t.map(([s])=>s)){let s=u=>n?u.cssText:`${u.getPropertyValue(c)}!${u.getPropertyPriority(c)}`,a=s(i);E(e,{s:`:${c}`,i:()=>a,e:()=>s(r),o:(u=a)=>{n?r.cssText=u??\"\":r.setProperty(c,...(u??\"\").split(\"!\"))}},o)}};",
    "E"
  ],
  [
    "he",
    "var he=(e,t,n)=>W(e,n,document.createElement(\"p\"),o=>{o.textContent=t.text});",
    "W"
  ],
  [
    "ve",
    "var ve=(e,t,n)=>{let o=document.createElement(\"template\").content.ownerDocument.importNode(e);W(e,n,o,r=>{r.innerHTML=t.html;for(let i of r.children)y.set(i,n)})};",
    "W y"
  ],
  [
    "W",
    "function W(e,t,n,o){let r;E(e,{s:\"content\",i:()=>(o(n),n.innerHTML),e:()=>e.innerHTML,o:i=>{i===void 0?(r=[...e.childNodes],o(e)):e.replaceChildren(...r)}},t)}",
    "E"
  ]
]
