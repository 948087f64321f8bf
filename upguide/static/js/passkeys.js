// Passkeys: asks the browser what a form carries, and sends the answer along with that form.

const bytes = (text) => {
  const plain = atob(text.replaceAll("-", "+").replaceAll("_", "/"));
  return Uint8Array.from(plain, (character) => character.charCodeAt(0));
};
const text = (buffer) =>
  btoa(String.fromCharCode(...new Uint8Array(buffer))).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
const named = (list = []) => list.map((one) => ({ ...one, id: bytes(one.id) }));

/** What the server wrote as JSON, with its bytes as the browser wants them. */
function question(options) {
  const publicKey = { ...options, challenge: bytes(options.challenge) };
  if (options.user) publicKey.user = { ...options.user, id: bytes(options.user.id) };
  if (options.allowCredentials) publicKey.allowCredentials = named(options.allowCredentials);
  if (options.excludeCredentials) publicKey.excludeCredentials = named(options.excludeCredentials);
  return { publicKey };
}

/** What the browser answered, as JSON. */
function answer({ rawId, type, response }) {
  const parts = ["clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle"];
  const told = parts.filter((part) => response[part]).map((part) => [part, text(response[part])]);
  return JSON.stringify({ id: text(rawId), rawId: text(rawId), type, response: Object.fromEntries(told), clientExtensionResults: {} });
}

function passkey(form) {
  const { credential } = form.elements;
  const failed = form.querySelector("[role=alert]");
  form.hidden = false;
  form.nextElementSibling.hidden = true;
  form.addEventListener("submit", async (event) => {
    if (credential.value) return;
    event.preventDefault();
    event.stopPropagation(); // it is not sent yet
    failed.hidden = true;
    try {
      credential.value = answer(await navigator.credentials[form.dataset.passkey](question(JSON.parse(form.dataset.options))));
      form.requestSubmit();
    } catch {
      failed.hidden = false; // cancelled, too late, or a device that has this passkey already
    }
  });
}

if (window.PublicKeyCredential) {
  for (const form of document.querySelectorAll("[data-passkey]")) passkey(form);
}
