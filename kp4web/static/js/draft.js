/*
 * What is typed is kept: a form with a button [data-draft] is saved within two seconds of typing,
 * again after a failure, and once more while its page closes. A form whose token ran out is sent
 * once more with the renewed token. Without this file the button saves by hand.
 */
"use strict";

(() => {
  const SOON = 2000;
  const AGAIN = 10000;
  const LATER = 30000; /* after a refusal: a warning every two seconds helps nobody */
  let typed = 0; /* counts changes; `kept` is the change that was saved last */
  let kept = 0;
  let sending = 0;
  let timer = 0;
  let refused = false;
  let left = false; /* sent or thrown away: there is nothing to keep any more */

  const button = () => document.querySelector("button[data-draft]");
  const isOurs = (ctx) => ctx.sourceElement?.matches?.("button[data-draft]");
  const say = (text) => document.getElementById("draft-status")?.replaceChildren(text);

  const send = () => button()?.dispatchEvent(new CustomEvent("draft"));

  const save = () => {
    clearTimeout(timer);
    timer = 0;
    if (typed > kept && !left) send();
  };

  const saveIn = (milliseconds) => {
    timer ||= setTimeout(save, milliseconds);
  };

  document.addEventListener("input", (event) => {
    const form = event.target.form;
    if (!form || form !== button()?.form) return;
    typed += 1;
    left = false;
    saveIn(refused ? LATER : SOON);
  });

  /* The time was "now"; for another day it is unknown. */
  document.addEventListener("change", (event) => {
    const time = event.target.form?.querySelector("input[data-now]");
    if (event.target.name === "held_on" && time && time.value === time.dataset.now) time.value = "";
  });

  document.addEventListener("htmx:before:request", (event) => {
    if (isOurs(event.detail.ctx)) sending = typed;
  });

  const answered = (status) => {
    if (status < 400) {
      kept = Math.max(kept, sending);
      if (refused) document.getElementById("message")?.replaceChildren();
      refused = false;
      if (typed > kept) saveIn(SOON);
    } else if (status >= 500) {
      say("Nog niet bewaard. We proberen het opnieuw.");
      saveIn(AGAIN);
    } else {
      refused = true;
      say("Niet bewaard. Uw tekst staat nog op het scherm.");
    }
  };

  document.addEventListener("htmx:after:request", (event) => {
    const { ctx } = event.detail;
    if (isOurs(ctx)) return answered(ctx.response.status);
    if (!button() || ctx.sourceElement !== button().form) return;
    if (ctx.response.headers.has("HX-Redirect")) left = true;
    else if (typed > kept) saveIn(SOON); /* refused; sending it broke off the save */
  });

  document.addEventListener("htmx:error", (event) => {
    const { ctx } = event.detail;
    if (!ctx || ctx.response || !isOurs(ctx)) return;
    say("Nog niet bewaard. We proberen het opnieuw.");
    saveIn(AGAIN);
  });

  /* The token is renewed and the same user is signed in: send once more, by itself. */
  const retried = new WeakSet();

  document.addEventListener("htmx:finally:request", (event) => {
    const { sourceElement, sourceEvent, response } = event.detail.ctx;
    const form = sourceElement?.form ?? sourceElement;
    const user = response?.headers.get("KP4-Token-Renewed");
    if (response?.status !== 401) {
      retried.delete(sourceElement);
    } else if (user && user === form?.dataset?.user && !retried.has(sourceElement)) {
      retried.add(sourceElement);
      if (isOurs(event.detail.ctx)) setTimeout(send, 0);
      else setTimeout(() => form.requestSubmit(sourceEvent?.submitter), 0);
    }
  });

  /* Back in this tab, or back on the network: what waited is saved. */
  window.addEventListener("online", save);
  window.addEventListener("focus", save);

  /* The last seconds, while the page closes. */
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "visible") return save();
    const source = button();
    if (!source || left || typed === kept) return;
    const fields = new URLSearchParams(new FormData(source.form));
    fields.set("achtergrond", "1");
    navigator.sendBeacon(source.formAction, fields);
  });

  document.addEventListener("submit", (event) => {
    if (event.target.matches("form[data-draft-end]")) left = true;
  });
})();
