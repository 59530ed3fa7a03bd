// The provider's form for a card: shown, sent, and its answer told. The only script of ours.
"use strict";

const form = document.getElementById("card-form");
const button = document.getElementById("card-button");
const message = document.getElementById("card-message");

if (typeof Stripe === "undefined") {
  message.textContent = form.dataset.failed;
} else {
  const stripe = Stripe(form.dataset.key, { locale: form.dataset.language });
  const elements = stripe.elements({ clientSecret: form.dataset.secret });
  const entry = elements.create("payment");
  entry.on("ready", () => { button.disabled = false; });
  entry.mount("#card-entry");
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    button.disabled = true;
    message.textContent = "";
    const confirm = "saves" in form.dataset ? stripe.confirmSetup : stripe.confirmPayment;
    // Goes on to the return address by itself when it worked.
    const { error } = await confirm({ elements, confirmParams: { return_url: form.dataset.return } });
    if (error) message.textContent = error.message;
    button.disabled = false;
  });
}
