// Made by build/page-script.ts from src/pages/browser/page; not to be edited. A test fails when it is stale.
// biome-ignore-all format: generated
// biome-ignore-all lint/suspicious/noTemplateCurlyInString: code

/** The name in the script of what the page's code exports. */
export const NAMES = {
  "attributes": "ge",
  "code": "M",
  "companionHooks": "k",
  "html": "xe",
  "insert": "ae",
  "isAwaiting": "ce",
  "isBarred": "se",
  "navigate": "Z",
  "rearrange": "ue",
  "remove": "de",
  "reporter": "R",
  "runCode": "ee",
  "send": "N",
  "start": "I",
  "style": "ye",
  "text": "ve"
} as const

/** In the order in which they stand in a script: a name, its declaration, and the other names that it uses. */
export const PIECES: readonly (readonly [name: string, code: string, uses: string])[] = [
  [
    "m",
    "var m;",
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
    "E",
    "var E=0;",
    ""
  ],
  [
    "l",
    "var l;",
    ""
  ],
  [
    "B",
    "var B;",
    ""
  ],
  [
    "S",
    "var S;",
    ""
  ],
  [
    "$",
    "var $;",
    ""
  ],
  [
    "I",
    "function I(e,t,o,n){l=t,d=o,S=new MutationObserver(D),document.addEventListener(\"readystatechange\",D),O(e,n,t.report)}",
    "l d S D O"
  ],
  [
    "O",
    "function O(e,t=[],o){$=o,m=e.map((n,r)=>({...n,n:r})),f=new Map,B=location.pathname,S.observe(document,{childList:!0,subtree:!0,characterData:!!d,attributeFilter:t}),D()}",
    "$ m f B S d D"
  ],
  [
    "C",
    "function C(){return document.readyState===\"complete\"}",
    ""
  ],
  [
    "b",
    "function b(e){for(let t=e;t;t=t.parentNode)if(t.nextSibling)return!0;return document.readyState!==\"loading\"}",
    ""
  ],
  [
    "T",
    "function T(e,t,o){d?d[0](e,t,o):t.e()!==t.i()&&t.r()}",
    "d"
  ],
  [
    "g",
    "function g(e,t,o){f.set(e,{...f.get(e),[t]:o})}",
    "f"
  ],
  [
    "D",
    "function D(){if(location.pathname===B){E++,d?.[1]();for(let e of m)try{if(e.c||l.isAwaiting?.(e))continue;\"selector\"in e?U(e):l.code?.(e)}catch(t){e.c=!0,console.warn(t)}$?.(),S.takeRecords(),!d&&!l.isLate&&C()&&S.disconnect()}}",
    "B E d m l U $ S C"
  ],
  [
    "U",
    "function U(e){var t;if(!(e.wait===2&&(!b(document.documentElement)||e.t&&!d))){e[t=\"p\"]??(e[t]=new WeakSet);for(let o of document.querySelectorAll(e.selector)){if(!d&&e.p.has(o)||e.wait&&!b(o)||l.isBarred?.(o,e))continue;let n=l[e.operation.kind];n?.(o,e.operation,e)!==!1&&(e.p.add(o),e.t=!0)}}}",
    "b d l"
  ],
  [
    "V",
    "var V=F();",
    "F"
  ],
  [
    "M",
    "function M(e){e.t||(e.t=!0,V?.[e.id]?.())}",
    "V"
  ],
  [
    "F",
    "function F(){let e=self.turnoutCode;return delete self.turnoutCode,e}",
    ""
  ],
  [
    "K",
    "var K=20;",
    ""
  ],
  [
    "J",
    "var J=0;",
    ""
  ],
  [
    "y",
    "var y=null;",
    ""
  ],
  [
    "k",
    "var k=[z,Q,q,_];",
    "z Q q _"
  ],
  [
    "W",
    "function W(e){J=performance.now()+e}",
    "J"
  ],
  [
    "z",
    "function z(e,t,o){var u;let{s:n}=t,r=f.get(e)?.[n],i=t.e(),c=r?.a===o;if(r&&(r.y||c&&i===r.l||H(r.a)>H(o)))return;let s=t.i(),a=r?.d;if(i!==s){if(G(n+i,o,r)||!q(o,c)){g(e,n,{y:!0});return}(!r||c)&&(a=i),n===\"content\"&&_(e),t.r(),o[u=\"m\"]??(o[u]=new Set),o.m.add(n+a)}g(e,n,{v:t,a:o,d:a,l:t.e()}),o.o=e}",
    "f H G q g _"
  ],
  [
    "G",
    "function G(e,t,o){let{m:n,o:r}=t;return o?o.a===t&&o.d!==void 0&&!n?.has(e)&&performance.now()>J:C()&&!!n&&!n.has(e)&&!(r?.isConnected&&!t.counts)}",
    "m J C"
  ],
  [
    "H",
    "function H(e){return e?.n??0}",
    ""
  ],
  [
    "Q",
    "function Q(){y??(y=document.querySelector(\"style[data-turnout]\")),y&&!y.isConnected&&document.head.append(y);for(let[e,t]of f)if(!e.isConnected){for(let o of Object.values(t))for(let n of o.u??[])n.remove();f.delete(e)}}",
    "y f"
  ],
  [
    "q",
    "function q(e,t){if(!t&&!(e.o&&!e.o.isConnected))return!(e.counts&&e.o&&C());if(e.x!==E){e.x=E;let o=performance.now();o-(e.h??0)<1e3||(e.h=o,e.f=0),e.f=(e.f??0)+1,e.c=e.f>K}return!e.c}",
    "C E K"
  ],
  [
    "_",
    "function _(e){let{insertBefore:t,removeChild:o}=Node.prototype;e.removeChild=n=>(n.parentNode&&o.call(n.parentNode,n),n),e.insertBefore=(n,r)=>(t.call(e,n,r&&r.parentNode===e?r:null),n)}",
    ""
  ],
  [
    "N",
    "function N(e,t,o){let n=()=>navigator.sendBeacon(e,JSON.stringify({page:o,events:t}));document.prerendering?document.addEventListener(\"prerenderingchange\",n):n()}",
    ""
  ],
  [
    "R",
    "function R(e,t,o){return()=>{let n=t.filter((r,i)=>{let c=m.filter(({shows:s})=>s===i);if(!c.some(({t:s})=>s))return!1;for(let s of c)delete s.shows;return!0});n[0]&&N(e,n,o)}}",
    "m N"
  ],
  [
    "X",
    "var X=3e3;",
    ""
  ],
  [
    "Y",
    "var Y=document.currentScript?.nonce??\"\";",
    ""
  ],
  [
    "w",
    "var w;",
    ""
  ],
  [
    "Z",
    "function Z(e,t){let o=A(),n,r=async()=>{if(o===A())return;o=A(),n?.abort(),n=new AbortController;let{signal:c}=n,s=await te(`${e}?url=${encodeURIComponent(o)}${t?\"&reports=true\":\"\"}`,c);c.aborted||oe(s,t)},{navigation:i}=self;if(i)i.addEventListener(\"currententrychange\",r);else{addEventListener(\"popstate\",r);for(let c of[\"pushState\",\"replaceState\"]){let s=history[c];history[c]=(...a)=>{s.apply(history,a),r()}}}}",
    "A te oe"
  ],
  [
    "ee",
    "function ee(e){if(e.code!==void 0&&!e.t){let t=document.createElement(\"script\");t.nonce=Y,t.dataset.turnout=\"\",t.text=`(function(){${e.code}\n})()`,document.head.append(t),t.remove()}M(e)}",
    "Y M"
  ],
  [
    "te",
    "async function te(e,t){try{let o=await fetch(e,{signal:t});return o.ok?await o.json():null}catch{return null}}",
    ""
  ],
  [
    "A",
    "function A(){return location.href.replace(/#.*/,\"\")}",
    ""
  ],
  [
    "oe",
    "function oe(e,t=\"\"){if(e?.redirect){location.replace(e.redirect);return}try{for(let[c,s]of[...f].reverse())for(let a of Object.values(s).reverse())ne(c,a);ie(e?.css??\"\")}catch{}W(X);let o=e?.edits??[],{atOnce:n=[],awaiting:r=[]}=e?.reports??{},i={path:location.pathname+location.search,referrer:document.referrer};O(o,o.flatMap(re),R(t,r,i)),n[0]&&N(t,n,i)}",
    "f ne ie W X O re R N"
  ],
  [
    "ne",
    "function ne(e,{v:t,d:o,l:n,u:r,g:i}){for(let c of r??[])c.remove();i?.[0].isConnected&&i[0].insertBefore(e,i[1]?.parentNode===i[0]?i[1]:null),t&&o!==void 0&&t.e()===n&&t.r(o)}",
    "v d l g"
  ],
  [
    "re",
    "function re(e){if(!(\"selector\"in e))return[];let{operation:t}=e;return t.kind===\"attributes\"?t.set.map(([o])=>o):[\"style\"]}",
    ""
  ],
  [
    "ie",
    "function ie(e){for(let t of document.querySelectorAll(\"style[data-turnout]\"))t.disabled=!0;w||(w=new CSSStyleSheet,document.adoptedStyleSheets=[...document.adoptedStyleSheets,w]),w.replaceSync(e)}",
    "w"
  ],
  [
    "v",
    "var v=new WeakMap;",
    ""
  ],
  [
    "ce",
    "function ce({dependencies:e}){return m.some(({id:t,t:o})=>!o&&e?.includes(t??\"\"))}",
    "m"
  ],
  [
    "se",
    "function se(e,{n:t=0}){for(let o=e;o;o=o.parentNode)if((v.get(o)?.n??-1)>=t)return!0;return!1}",
    "v"
  ],
  [
    "ae",
    "var ae=(e,{html:t,position:o},n)=>{n.content??(n.content=fe(t));let r=[...n.content.childNodes],i=`+${n.n}`,c=f.get(e)?.[i],s=L(o)?e.parentNode:e;if(c){if(c.S||c.u?.every(p=>p.parentNode===s))return}else{if(r.some(h=>h.isEqualNode(e)))return;let p=pe(e,o,r);if(p){x(p);return}}if(d&&!d[2](n,!!c))return;let a=document.importNode(n.content,!0),u=[...a.childNodes];e[o](a),x(u);function x(p){let h=p.filter(P=>P instanceof Element);for(let P of h)v.set(P,n);g(e,i,{u:h,S:!!c}),n.o=e}};",
    "fe f L pe d v g"
  ],
  [
    "de",
    "var de=e=>e.remove();",
    ""
  ],
  [
    "ue",
    "var ue=(e,{target:t,position:o},n)=>{let r=document.querySelector(t),{parentNode:i,nextSibling:c}=e;if(!r||!i||e.contains(r)||o===\"append\"&&!b(r))return!1;let s=`>${n.n}`,a=f.get(e)?.[s];if(a&&i===(L(o)?r.parentNode:r))return!0;if(d){if(!d[2](n,!!a))return!0;d[3](i)}return g(e,s,{g:a?.g??[i,c]}),n.o=e,r[o](e),!0};",
    "b f L d g"
  ],
  [
    "L",
    "function L(e){return e===\"before\"||e===\"after\"}",
    ""
  ],
  [
    "fe",
    "function fe(e){let t=document.createElement(\"template\");return t.innerHTML=e,t.content}",
    ""
  ],
  [
    "pe",
    "function pe(e,t,o){let n=t===\"before\"||t===\"append\",r=n?\"previousSibling\":\"nextSibling\",i=[],c=L(t)?e[r]:n?e.lastChild:e.firstChild;for(;c&&i.length<o.length+le;c=c[r])i.push(c);let s=n?o.reverse():o;for(let a of i.keys())if(s.every((u,x)=>me(u,i[a+x])))return i.slice(a,a+s.length);return null}",
    "L le me"
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
    "var ge=(e,{set:t},o)=>{for(let[n,r]of t)T(e,{s:n,i:()=>r,e:()=>e.getAttribute(n),r:(i=r)=>i===null?e.removeAttribute(n):e.setAttribute(n,i)},o)};",
    "T"
  ],
  [
    "ye",
    "var ye=(e,{declarations:t,replaces:o},n)=>{let r=e.style,i=document.createElement(\"p\").style;i.cssText=t.map(([c,s])=>`${c}:${s}`).join(\";\");for(let c of o?[\"cssText\"]:t.map(([s])=>s)){let s=u=>o?u.cssText:`${u.getPropertyValue(c)}!${u.getPropertyPriority(c)}`,a=s(i);T(e,{s:`:${c}`,i:()=>a,e:()=>s(r),r:(u=a)=>{o?r.cssText=u??\"\":r.setProperty(c,...(u??\"\").split(\"!\"))}},n)}};",
    "T"
  ],
  [
    "ve",
    "var ve=(e,t,o)=>j(e,o,document.createElement(\"p\"),n=>{n.textContent=t.text});",
    "j"
  ],
  [
    "xe",
    "var xe=(e,t,o)=>{let n=document.createElement(\"template\").content.ownerDocument.importNode(e);j(e,o,n,r=>{r.innerHTML=t.html;for(let i of r.children)v.set(i,o)})};",
    "j v"
  ],
  [
    "j",
    "function j(e,t,o,n){let r;T(e,{s:\"content\",i:()=>(n(o),o.innerHTML),e:()=>e.innerHTML,r:i=>{i===void 0?(r=[...e.childNodes],n(e)):e.replaceChildren(...r)}},t)}",
    "T"
  ]
]
