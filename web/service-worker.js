// Keeps the page for when there is no network: the files of one build, which a page gets from
// here alone, so that files of two builds never meet. A new build waits until no page of the
// old one is open. Nothing is ever asked of another place than the page's own.
const { build, files } = __OCI_LENS_PAGE__;
const { scope } = registration;
const own = `oci-lens ${scope} `;
const kept = own + build;

// Which modules this browser can run, the page knows.
const variant = new URL(location.href).searchParams.get("wasm");
const addresses = new Set(
  [...files.all, ...(files[variant] ?? [])].map((file) => new URL(file, scope).href),
);

addEventListener("install", (event) => {
  event.waitUntil(keep());
});

addEventListener("activate", (event) => {
  event.waitUntil(removeOthers());
});

addEventListener("fetch", (event) => {
  const { request } = event;
  const address = addressOf(request.url);
  if (request.method === "GET" && addresses.has(address)) {
    event.respondWith(answer(address, request));
  }
});

async function keep() {
  const cache = await caches.open(kept);
  await cache.addAll([...addresses].map((url) => new Request(url, { cache: "no-cache" })));
}

async function removeOthers() {
  const names = await caches.keys();
  const others = names.filter((name) => name.startsWith(own) && name !== kept);
  await Promise.all(others.map((name) => caches.delete(name)));
}

async function answer(address, request) {
  const cache = await caches.open(kept);
  // The browser may have removed it, when space was short.
  return (await cache.match(address)) ?? fetch(request);
}

/** The folder's own address stands for its page. */
function addressOf(url) {
  const address = new URL(url);
  address.hash = "";
  address.search = "";
  return address.href.replace(/\/index\.html$/, "/");
}
