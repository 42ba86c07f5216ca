// Made by build/page-script.ts from src/pages/browser/page; not to be edited. A test fails when it is stale.
// biome-ignore-all format: generated
// biome-ignore-all lint/suspicious/noTemplateCurlyInString: code

/** The name in the script of what the page's code exports. */
export const NAMES = {
  "attributes": "le",
  "code": "P",
  "companionHooks": "F",
  "html": "ye",
  "insert": "ie",
  "isAwaiting": "ne",
  "isBarred": "re",
  "navigate": "X",
  "rearrange": "se",
  "remove": "ce",
  "runCode": "Y",
  "start": "_",
  "style": "pe",
  "text": "me"
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
    "L",
    "var L;",
    ""
  ],
  [
    "x",
    "var x;",
    ""
  ],
  [
    "_",
    "function _(e,t,o,n){m=t,d=o,x=new MutationObserver(D),document.addEventListener(\"readystatechange\",D),M(e,n)}",
    "m d x D M"
  ],
  [
    "M",
    "function M(e,t=[]){b=e.map((o,n)=>({...o,o:n})),f=new Map,L=location.pathname,x.observe(document,{childList:!0,subtree:!0,characterData:!!d,attributeFilter:t}),D()}",
    "b f L x d D"
  ],
  [
    "E",
    "function E(){return document.readyState===\"complete\"}",
    ""
  ],
  [
    "S",
    "function S(e){for(let t=e;t;t=t.parentNode)if(t.nextSibling)return!0;return document.readyState!==\"loading\"}",
    ""
  ],
  [
    "T",
    "function T(e,t,o){d?d[0](e,t,o):t.e()!==t.i()&&t.n()}",
    "d"
  ],
  [
    "p",
    "function p(e,t,o){f.set(e,{...f.get(e),[t]:o})}",
    "f"
  ],
  [
    "D",
    "function D(){if(location.pathname===L){C++,d?.[1]();for(let e of b)try{if(e.c||m.isAwaiting?.(e))continue;\"selector\"in e?j(e):m.code?.(e)}catch(t){e.c=!0,console.warn(t)}x.takeRecords(),!d&&E()&&x.disconnect()}}",
    "L C d b m j x E"
  ],
  [
    "j",
    "function j(e){var t;if(!(e.wait===2&&(!S(document.documentElement)||e.r&&!d))){e[t=\"l\"]??(e[t]=new WeakSet);for(let o of document.querySelectorAll(e.selector)){if(!d&&e.l.has(o)||e.wait&&!S(o)||m.isBarred?.(o,e))continue;let n=m[e.operation.kind];n?.(o,e.operation,e)!==!1&&(e.l.add(o),e.r=!0)}}}",
    "S d m"
  ],
  [
    "I",
    "var I=U();",
    "U"
  ],
  [
    "P",
    "function P(e){e.r||(e.r=!0,I?.[e.id]?.())}",
    "I"
  ],
  [
    "U",
    "function U(){let e=self.turnoutCode;return delete self.turnoutCode,e}",
    ""
  ],
  [
    "V",
    "var V=20;",
    ""
  ],
  [
    "$",
    "var $=0;",
    ""
  ],
  [
    "y",
    "var y=null;",
    ""
  ],
  [
    "F",
    "var F=[K,G,R,W];",
    "K G R W"
  ],
  [
    "H",
    "function H(e){$=performance.now()+e}",
    "$"
  ],
  [
    "K",
    "function K(e,t,o){var u;let{s:n}=t,r=f.get(e)?.[n],i=t.e(),c=r?.a===o;if(r&&(r.g||c&&i===r.p||B(r.a)>B(o)))return;let s=t.i(),a=r?.d;if(i!==s){if(z(n+i,o,r)||!R(o,c)){p(e,n,{g:!0});return}(!r||c)&&(a=i),n===\"content\"&&W(e),t.n(),o[u=\"m\"]??(o[u]=new Set),o.m.add(n+a)}p(e,n,{v:t,a:o,d:a,p:t.e()}),o.t=e}",
    "f B z R p W"
  ],
  [
    "z",
    "function z(e,t,o){let{m:n,t:r}=t;return o?o.a===t&&o.d!==void 0&&!n?.has(e)&&performance.now()>$:E()&&!!n&&!n.has(e)&&!(r?.isConnected&&!t.counts)}",
    "m $ E"
  ],
  [
    "B",
    "function B(e){return e?.o??0}",
    ""
  ],
  [
    "G",
    "function G(){y??(y=document.querySelector(\"style[data-turnout]\")),y&&!y.isConnected&&document.head.append(y);for(let[e,t]of f)if(!e.isConnected){for(let o of Object.values(t))for(let n of o.u??[])n.remove();f.delete(e)}}",
    "y f"
  ],
  [
    "R",
    "function R(e,t){if(!t&&!(e.t&&!e.t.isConnected))return!(e.counts&&e.t&&E());if(e.h!==C){e.h=C;let o=performance.now();o-(e.x??0)<1e3||(e.x=o,e.f=0),e.f=(e.f??0)+1,e.c=e.f>V}return!e.c}",
    "E C V"
  ],
  [
    "W",
    "function W(e){let{insertBefore:t,removeChild:o}=Node.prototype;e.removeChild=n=>(n.parentNode&&o.call(n.parentNode,n),n),e.insertBefore=(n,r)=>(t.call(e,n,r&&r.parentNode===e?r:null),n)}",
    ""
  ],
  [
    "J",
    "var J=3e3;",
    ""
  ],
  [
    "Q",
    "var Q=document.currentScript?.nonce??\"\";",
    ""
  ],
  [
    "N",
    "var N;",
    ""
  ],
  [
    "X",
    "function X(e){let t=O(),o,n=async()=>{if(t===O())return;t=O(),o?.abort(),o=new AbortController;let{signal:i}=o,c=await Z(`${e}?url=${encodeURIComponent(t)}`,i);i.aborted||k(c)},{navigation:r}=self;if(r)r.addEventListener(\"currententrychange\",n);else{addEventListener(\"popstate\",n);for(let i of[\"pushState\",\"replaceState\"]){let c=history[i];history[i]=(...s)=>{c.apply(history,s),n()}}}}",
    "O Z k"
  ],
  [
    "Y",
    "function Y(e){if(e.code!==void 0&&!e.r){let t=document.createElement(\"script\");t.nonce=Q,t.dataset.turnout=\"\",t.text=`(function(){${e.code}\n})()`,document.head.append(t),t.remove()}P(e)}",
    "Q P"
  ],
  [
    "Z",
    "async function Z(e,t){try{let o=await fetch(e,{signal:t});return o.ok?await o.json():null}catch{return null}}",
    ""
  ],
  [
    "O",
    "function O(){return location.href.replace(/#.*/,\"\")}",
    ""
  ],
  [
    "k",
    "function k(e){if(e?.redirect){location.replace(e.redirect);return}try{for(let[o,n]of[...f].reverse())for(let r of Object.values(n).reverse())ee(o,r);oe(e?.css??\"\")}catch{}H(J);let t=e?.edits??[];M(t,t.flatMap(te))}",
    "f ee oe H J M te"
  ],
  [
    "ee",
    "function ee(e,{v:t,d:o,p:n,u:r,y:i}){for(let c of r??[])c.remove();i?.[0].isConnected&&i[0].insertBefore(e,i[1]?.parentNode===i[0]?i[1]:null),t&&o!==void 0&&t.e()===n&&t.n(o)}",
    "d p y"
  ],
  [
    "te",
    "function te(e){if(!(\"selector\"in e))return[];let{operation:t}=e;return t.kind===\"attributes\"?t.set.map(([o])=>o):[\"style\"]}",
    ""
  ],
  [
    "oe",
    "function oe(e){for(let t of document.querySelectorAll(\"style[data-turnout]\"))t.disabled=!0;N||(N=new CSSStyleSheet,document.adoptedStyleSheets=[...document.adoptedStyleSheets,N]),N.replaceSync(e)}",
    "N"
  ],
  [
    "g",
    "var g=new WeakMap;",
    ""
  ],
  [
    "ne",
    "function ne({dependencies:e}){return b.some(({id:t,r:o})=>!o&&e?.includes(t??\"\"))}",
    "b"
  ],
  [
    "re",
    "function re(e,{o:t=0}){for(let o=e;o;o=o.parentNode)if((g.get(o)?.o??-1)>=t)return!0;return!1}",
    "g"
  ],
  [
    "ie",
    "var ie=(e,{html:t,position:o},n)=>{n.content??(n.content=ae(t));let r=[...n.content.childNodes],i=`+${n.o}`,c=f.get(e)?.[i],s=A(o)?e.parentNode:e;if(c){if(c.S||c.u?.every(l=>l.parentNode===s))return}else{if(r.some(h=>h.isEqualNode(e)))return;let l=de(e,o,r);if(l){v(l);return}}if(d&&!d[2](n,!!c))return;let a=document.importNode(n.content,!0),u=[...a.childNodes];e[o](a),v(u);function v(l){let h=l.filter(w=>w instanceof Element);for(let w of h)g.set(w,n);p(e,i,{u:h,S:!!c}),n.t=e}};",
    "ae f A de d g p"
  ],
  [
    "ce",
    "var ce=e=>e.remove();",
    ""
  ],
  [
    "se",
    "var se=(e,{target:t,position:o},n)=>{let r=document.querySelector(t),{parentNode:i,nextSibling:c}=e;if(!r||!i||e.contains(r)||o===\"append\"&&!S(r))return!1;let s=`>${n.o}`,a=f.get(e)?.[s];if(a&&i===(A(o)?r.parentNode:r))return!0;if(d){if(!d[2](n,!!a))return!0;d[3](i)}return p(e,s,{y:a?.y??[i,c]}),n.t=e,r[o](e),!0};",
    "S f A d p"
  ],
  [
    "A",
    "function A(e){return e===\"before\"||e===\"after\"}",
    ""
  ],
  [
    "ae",
    "function ae(e){let t=document.createElement(\"template\");return t.innerHTML=e,t.content}",
    ""
  ],
  [
    "de",
    "function de(e,t,o){let n=t===\"before\"||t===\"append\",r=n?\"previousSibling\":\"nextSibling\",i=[],c=A(t)?e[r]:n?e.lastChild:e.firstChild;for(;c&&i.length<o.length+ue;c=c[r])i.push(c);let s=n?o.reverse():o;for(let a of i.keys())if(s.every((u,v)=>fe(u,i[a+v])))return i.slice(a,a+s.length);return null}",
    "A ue fe"
  ],
  [
    "ue",
    "var ue=9;",
    ""
  ],
  [
    "fe",
    "function fe(e,t){return e.isEqualNode(t??null)||e instanceof Text&&t instanceof Text&&t.data.includes(e.data)}",
    ""
  ],
  [
    "le",
    "var le=(e,{set:t},o)=>{for(let[n,r]of t)T(e,{s:n,i:()=>r,e:()=>e.getAttribute(n),n:(i=r)=>i===null?e.removeAttribute(n):e.setAttribute(n,i)},o)};",
    "T"
  ],
  [
    "pe",
    "var pe=(e,{declarations:t,replaces:o},n)=>{let r=e.style,i=document.createElement(\"p\").style;i.cssText=t.map(([c,s])=>`${c}:${s}`).join(\";\");for(let c of o?[\"cssText\"]:t.map(([s])=>s)){let s=u=>o?u.cssText:`${u.getPropertyValue(c)}!${u.getPropertyPriority(c)}`,a=s(i);T(e,{s:`:${c}`,i:()=>a,e:()=>s(r),n:(u=a)=>{o?r.cssText=u??\"\":r.setProperty(c,...(u??\"\").split(\"!\"))}},n)}};",
    "T"
  ],
  [
    "me",
    "var me=(e,t,o)=>q(e,o,document.createElement(\"p\"),n=>{n.textContent=t.text});",
    "q"
  ],
  [
    "ye",
    "var ye=(e,t,o)=>{let n=document.createElement(\"template\").content.ownerDocument.importNode(e);q(e,o,n,r=>{r.innerHTML=t.html;for(let i of r.children)g.set(i,o)})};",
    "q g"
  ],
  [
    "q",
    "function q(e,t,o,n){let r;T(e,{s:\"content\",i:()=>(n(o),o.innerHTML),e:()=>e.innerHTML,n:i=>{i===void 0?(r=[...e.childNodes],n(e)):e.replaceChildren(...r)}},t)}",
    "T"
  ]
]
