// Keeps static files and one page that tells of no network; never a page of a person, never an answer to a form.
const known = {{ known|safe }};
const cacheName = `kinline-${known.version}`;

self.addEventListener("install", (event) => {
  const wanted = [...known.files, ...Object.values(known.pages)];
  event.waitUntil(
    caches
      .open(cacheName)
      .then((cache) => cache.addAll(wanted.map((url) => new Request(url, { credentials: "omit" }))))
      .then(() => self.skipWaiting()),
  );
});

self.addEventListener("activate", (event) => {
  event.waitUntil(
    caches
      .keys()
      .then((names) => Promise.all(names.filter((name) => name !== cacheName).map((name) => caches.delete(name))))
      .then(() => self.clients.claim()),
  );
});

self.addEventListener("fetch", (event) => {
  const request = event.request;
  const url = new URL(request.url);
  if (request.method !== "GET" || url.origin !== self.location.origin) return;
  if (url.pathname.startsWith(known.prefix)) {
    event.respondWith(caches.match(request).then((found) => found || fetch(request)));
  } else if (request.mode === "navigate") {
    const language = self.navigator.language.startsWith("es") ? "es" : "en";
    event.respondWith(fetch(request).catch(() => caches.match(known.pages[language])));
  }
});
