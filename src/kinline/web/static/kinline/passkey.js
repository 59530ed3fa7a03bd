// Passkeys: makes one, or signs with one, and sends the form with what came of it. Without a script the page offers a password.
"use strict";

const bytes = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (each) => each.charCodeAt(0));
const text = (buffer) => btoa(String.fromCharCode(...new Uint8Array(buffer))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
const listed = (keys) => (keys || []).map((key) => ({ ...key, id: bytes(key.id) }));

async function made(options) {
  const wanted = options.publicKey;
  const found = await navigator.credentials.create({ publicKey: {
    ...wanted,
    challenge: bytes(wanted.challenge),
    user: { ...wanted.user, id: bytes(wanted.user.id) },
    excludeCredentials: listed(wanted.excludeCredentials),
  } });
  return written(found, { attestationObject: text(found.response.attestationObject) });
}

async function signed(options) {
  const wanted = options.publicKey;
  const found = await navigator.credentials.get({ publicKey: {
    ...wanted, challenge: bytes(wanted.challenge), allowCredentials: listed(wanted.allowCredentials),
  } });
  return written(found, {
    authenticatorData: text(found.response.authenticatorData),
    signature: text(found.response.signature),
    userHandle: found.response.userHandle ? text(found.response.userHandle) : null,
  });
}

function written(found, response) {
  return JSON.stringify({
    id: found.id, rawId: text(found.rawId), type: found.type,
    authenticatorAttachment: found.authenticatorAttachment,
    clientExtensionResults: found.getClientExtensionResults(),
    response: { ...response, clientDataJSON: text(found.response.clientDataJSON) },
  });
}

for (const form of document.querySelectorAll("form[data-passkey]")) {
  if (!window.PublicKeyCredential) break;
  form.hidden = false;
  const message = form.querySelector("[role=alert]");
  form.addEventListener("submit", async (event) => {
    if (form.elements.credential.value) return;
    event.preventDefault();
    message.textContent = "";
    try {
      form.elements.credential.value = form.dataset.options
        ? await made(JSON.parse(form.dataset.options))
        : await signed(await (await fetch(form.dataset.passkey, { credentials: "same-origin" })).json());
      form.submit();
    } catch (error) {
      message.textContent = form.dataset.failed;
    }
  });
}
